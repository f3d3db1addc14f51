# ruff: noqa: SIM905 - words of a vocabulary read best as words
"""Every label, relationship type and property of the graph; a query that uses another is a typo."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What is known about one allergen in one drink."""

    CONTAINS = "CONTAINS"
    MAY_CONTAIN = "MAY_CONTAIN"
    ABSENT = "ABSENT"
    UNKNOWN = "UNKNOWN"


class Severity(StrEnum):
    """How bad an allergy is; anything else, and nothing, counts as SEVERE."""

    SEVERE = "SEVERE"
    MODERATE = "MODERATE"
    MILD = "MILD"


class EvidenceType(StrEnum):
    """Relationships that say something about an allergen; a former FREE_FROM decides nothing."""

    HAS_ALLERGEN = "HAS_ALLERGEN"
    MAY_CONTAIN = "MAY_CONTAIN"
    FREE_FROM = "FREE_FROM"
    WAS_FREE_FROM = "WAS_FREE_FROM"


class EvidenceStatus(StrEnum):
    """What a statement says about an allergen, in the words of tables and labels."""

    CONTAINS = "contains"
    MAY_CONTAIN = "may_contain"
    ABSENT = "absent"


class EventType(StrEnum):
    """What a person did with a drink."""

    VIEW = "view"
    CLICK = "click"
    CART = "cart"
    SAVE = "save"
    LIKE = "like"
    DISLIKE = "dislike"
    RATING = "rating"
    PURCHASE = "purchase"


LABELS = frozenset(
    "Drink Ingredient Allergen Regulation Flavor Style Producer Occasion User Model "
    "Diet Change Erasure Catalogue SchemaVersion EventOffset SourceRow SourceSubject "
    "OutboxEvent OutgoingEvent EventSink Experiment ArmDay Poll Segment Trigger "
    "ConsentRules Purpose ConsentText ApiKey".split()
)

PRESENCES = frozenset({EvidenceStatus.CONTAINS, EvidenceStatus.MAY_CONTAIN})
EVIDENCE = frozenset(map(str, EvidenceType))
BEHAVIOUR = frozenset({"PURCHASED", "RATED", "VIEWED", "SAVED"})

RELATIONSHIP_TYPES = (
    EVIDENCE
    | BEHAVIOUR
    | frozenset(
        "CONTAINS IS_A MADE_OF HAS_FLAVOR OF_STYLE MADE_BY FOR_OCCASION PART_OF LISTS "
        "EXEMPTS REPLACED_BY ALLERGIC_TO AVOIDS FOLLOWS LIKES DISLIKES RECOMMENDED ABOUT "
        "TRAINED_AFTER MERGED_INTO DESCRIBES EXPOSED_TO ASKED IN_SEGMENT MARKED_BY "
        "TRIGGERED DECIDED GUARDIAN_OF OF_EXPERIMENT".split()
    )
)

PROPERTIES = frozenset(
    # every node
    "id name version fingerprint changedAt simulated "
    # drinks
    "kind description abv caffeineMgPer100ml sugarG servedHot recipeComplete availableFrom "
    "availableUntil price recipeFingerprint embedding embeddingVersion "
    # ingredients
    "synonyms reviewed source amount unit optional intensity "
    # evidence
    "observedAt writtenIn voidedAt because proteinMgPerServing doseSource "
    # what a drink or an ingredient is made of, and when that last changed
    "composition composedIn composedOn composedBecause reviewedIn dietsReviewedIn "
    # the day of a review, and since when it is too old
    "reviewedOn dietsReviewedOn reviewExpiredOn "
    # people
    "allergiesDeclaredAt regulation unresolved sealed maxAbv maxCaffeineMgPer100ml "
    "severity acceptsTraces "
    # what they agree to, on what ground an operator brought them, who agrees for them
    "safety personalisation remembering training experiments analytics warehouse marketing "
    "consentsSetAt ground child "
    # each act of consent, the texts of it, and what holds here without one
    "receiptId given decidedAt textVersion textHash language surface guardian assumed grounds "
    # behaviour
    "eventId type at value context_daypart context_season context_weather "
    "context_place context_occasion currency recommendationId "
    # events of a month as one: which, how many, since when, for how much in all
    "eventIds times firstAt paid "
    # how far the log of events has been read
    "next "
    # keys of programs
    "hash scopes usedAt revokedAt "
    # what others are told of, and who they are
    "subject person sequence number data position types withPeople url addedAt failingSince "
    "failure disabledAt "
    # models
    "status metrics trainedAt dataFingerprint promotedAt note promotedBy despite checks code seed "
    "seconds trainedBy staleSince staleWhy drinks people events settings modelsChangedAt "
    "shadowShare shadowedAt shadowCountedAt shadowCompared shadowSkipped shadowOverlap "
    "shadowCorrelation shadowSeconds "
    # experiments, and who was exposed to which arm
    "state definition first size ramp createdAt startedAt stoppedAt history decision arm bucket "
    "experimentChanges stoppedArms lists disagreed "
    # polls, segments, triggers
    "drinkIds answer answeredAt computedAt since lift share until drinkId "
    # laws
    "allergen text entry "
    # diets
    "dietsReviewed "
    # changes
    "facts by before after "
    # merges
    "mergedFrom joinedFrom undo "
    # rows of a shop's own database
    "table position deleted values open problem lostAt "
    # catalogue
    "structureVersion marks sinksPut held expiredBefore bundled knowledge knowledgeAt".split()
)
