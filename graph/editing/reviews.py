"""Reviews: a person says what an ingredient is and contains, or that nobody can tell.

Every decision is kept as a change, with who, when and why.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.catalogue.changes import Signature, Step, change_catalogue
from graph.catalogue.entities import ALLERGENS
from graph.clock import Clock, utc_now
from graph.connection import Graph, Row
from graph.errors import ChangeRefused, ImportRefused
from graph.importing.hierarchy import check_hierarchy
from graph.importing.ingredients import LINK_GROUPS
from graph.importing.statements import Statement, StatementKey, Statements
from graph.query_files import load
from graph.recognition.known import KNOWN_HIERARCHY, is_group, load_recogniser
from graph.recognition.resolution import Suggestion
from graph.vocabulary import EvidenceStatus

REVIEW_QUEUE = load("changes/review_queue")
NAMED_INGREDIENTS = load("changes/named_ingredients")
REVIEW_INGREDIENT = load("changes/review_ingredient")
RECORD_REJECTION = load("changes/record_rejection")

DEADLINE = 120.0
_NOTHING = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """An unreviewed ingredient, and how many drinks it blocks.

    `suggestions` are ingredients with similar names, for a person to choose from.
    """

    id: str
    name: str
    source: str | None
    drinks: int
    rejected: bool
    examples: tuple[str, ...]
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a person found out about an ingredient, on whose word, and when (an ISO date).

    `known` is the reviewed ingredient that it is a kind of. Without any allergens
    and traces it says that there are none beyond those of `known`.
    """

    ingredient: str
    source: str
    observed_at: str
    known: str | None = None
    allergens: tuple[str, ...] = ()
    traces: tuple[str, ...] = ()

    def evidence(self) -> Statements:
        """The statements that the review makes."""
        said = dict.fromkeys(self.traces, EvidenceStatus.MAY_CONTAIN)
        said |= dict.fromkeys(self.allergens, EvidenceStatus.CONTAINS)
        return Statements(
            changes={
                StatementKey("ingredient", self.ingredient, allergen, self.source): Statement(
                    status, self.observed_at
                )
                for allergen, status in said.items()
            }
        )


async def review_queue(
    graph: Graph, *, most: int, everything: bool = False, suggestions: int = 3
) -> list[Unreviewed]:
    """Return the unreviewed ingredients, those that block the most drinks first.

    Rejected ones are left out unless `everything` is asked for. Raises a GraphError.
    """
    rows = await graph.run(REVIEW_QUEUE, all=everything, most=most, deadline=DEADLINE)
    recogniser = await load_recogniser(graph) if rows and suggestions else None
    return [
        Unreviewed(
            id=row["id"],
            name=row["name"],
            source=row["source"],
            drinks=row["drinks"],
            rejected=row["rejected"],
            examples=tuple(row["examples"]),
            suggestions=tuple(
                suggestion
                for suggestion in recogniser.suggest(row["name"], suggestions + 1)
                if suggestion.ingredient != row["id"]
                and suggestion.ingredient not in recogniser.groups
            )[:suggestions]
            if recogniser
            else (),
        )
        for row in rows
    ]


async def accept(
    graph: Graph, what: Acceptance, *, by: str, note: str | None = None, clock: Clock = utc_now
) -> int:
    """Make an ingredient reviewed; return the version of the catalogue.

    Raises ChangeRefused, and changes nothing, for an ingredient that is unknown or reviewed
    already, for a `known` one that is not reviewed, only groups others, or is a kind of this one
    itself, and for unknown allergens. Raises a GraphError if the graph fails.
    """
    if is_group(what.source):
        raise ChangeRefused(
            f"The source '{what.source}' begins like that of a group.", "Word it differently."
        )
    steps: list[Step] = [
        (NAMED_INGREDIENTS, {"ids": [what.ingredient, *([what.known] if what.known else [])]}),
        (ALLERGENS, {}),
        (KNOWN_HIERARCHY, {}),
        (
            REVIEW_INGREDIENT,
            {
                "ingredientId": what.ingredient,
                "source": what.source,
                "observedAt": what.observed_at,
            },
        ),
        *what.evidence().steps("ingredient"),
    ]
    if what.known:
        rows = [{"id": what.ingredient, "parentId": what.known}]
        steps.append((LINK_GROUPS, {"rows": rows, "source": what.source}))

    def check(results: list[list[Row]]) -> None:
        ingredients, allergens, hierarchy, *_ = results
        known = {row["id"]: row for row in ingredients}
        _check_ingredient(known, what.ingredient)
        _check_allergens({row["id"] for row in allergens}, [*what.allergens, *what.traces])
        if what.known:
            _check_known(known, what.known)
            _check_circle(hierarchy, what.ingredient, what.known)

    signature = Signature(by, "REVIEW", what.source, note, clock)
    written = await change_catalogue(
        graph, steps, signature, ingredients=[what.ingredient], accept=check
    )
    return written.version


async def reject(
    graph: Graph, ingredient: str, *, by: str, note: str | None = None, clock: Clock = utc_now
) -> int:
    """Record the decision that nobody can tell what an ingredient contains.

    It stays unreviewed, and leaves the review queue until something about it changes. Returns the
    version of the catalogue. Raises ChangeRefused for one that is unknown or reviewed.
    """
    signature = Signature(by, "REJECTION", None, note, clock)
    steps: list[Step] = [
        (NAMED_INGREDIENTS, {"ids": [ingredient]}),
        (RECORD_REJECTION, {"ingredientId": ingredient, **signature.parameters()}),
    ]

    def check(results: list[list[Row]]) -> None:
        _check_ingredient({row["id"]: row for row in results[0]}, ingredient)

    return (await change_catalogue(graph, steps, signature, accept=check)).version


def _check_ingredient(known: dict[str, Row], ingredient: str) -> None:
    if ingredient not in known:
        raise ChangeRefused(
            f"There is no ingredient '{ingredient}'.", "See tastegraph review for the ids."
        )
    if known[ingredient]["reviewed"]:
        raise ChangeRefused(
            f"'{ingredient}' has already been reviewed.",
            "More evidence about it comes with an import or a recall.",
        )


def _check_allergens(known: set[str], named: Sequence[str]) -> None:
    if unknown := sorted(set(named) - known):
        raise ChangeRefused(f"Not allergens: {', '.join(unknown)}.", f"Known: {_listed(known)}.")


def _listed(ids: set[str]) -> str:
    return ", ".join(sorted(ids))


def _check_known(known: dict[str, Row], ingredient: str) -> None:
    if ingredient not in known:
        raise ChangeRefused(f"There is no ingredient '{ingredient}'.", _NOTHING)
    if not known[ingredient]["reviewed"]:
        raise ChangeRefused(f"'{ingredient}' has not been reviewed itself.", "Review it first.")
    if is_group(known[ingredient]["source"]):
        raise ChangeRefused(
            f"'{ingredient}' only groups others, which differ in what they contain.",
            "Name one of its members, or the allergens.",
        )


def _check_circle(hierarchy: Sequence[Row], ingredient: str, known: str) -> None:
    edges = [(row["childId"], row["parentId"]) for row in hierarchy]
    try:
        check_hierarchy("ingredients", [*edges, (ingredient, known)])
    except ImportRefused as error:
        raise ChangeRefused(error.message, _NOTHING) from error
