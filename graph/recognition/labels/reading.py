"""What was read from a label's tokens: findings, claims, and how each token was understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from graph.recognition.labels.ahead import Ahead
from graph.recognition.labels.label import Claim, LabelFinding
from graph.recognition.labels.vocabulary import AllergenWord
from graph.vocabulary import EvidenceStatus


@dataclass(slots=True)
class Reading:
    """What one pass over a label found, and the positions of its tokens by what they say.

    `understood` holds the positions of all tokens whose meaning is known, `statement` those of
    sentences about allergens, which are not ingredients, and `function` those of words that say
    what an ingredient is for; `joint` only join two things. `claimed` are the positions of
    things that a claim says are absent, `possible` those of what may be there. `cut_off` are
    beginnings of statements after which nothing is named.
    """

    findings: list[LabelFinding] = field(default_factory=list[LabelFinding])
    claims: list[Claim] = field(default_factory=list[Claim])
    understood: set[int] = field(default_factory=set[int])
    statement: set[int] = field(default_factory=set[int])
    function: set[int] = field(default_factory=set[int])
    joint: set[int] = field(default_factory=set[int])
    claimed: set[int] = field(default_factory=set[int])
    possible: set[int] = field(default_factory=set[int])
    cut_off: list[str] = field(default_factory=list[str])


def findings_of(
    words: Iterable[AllergenWord], ahead: Ahead, start: int, end: int, status: EvidenceStatus | None
) -> Iterator[LabelFinding]:
    """Yield what some tokens say, the strongest per allergen; a status counts for all."""
    taken = ahead.tokens[start:end]
    strongest = {word.allergen: word for word in sorted(words, key=_weight)}
    for word in strongest.values():
        if said := status or word.status:
            yield LabelFinding(
                allergen=word.allergen,
                status=said,
                text=ahead.slice(start, end),
                start=taken[0].start,
                end=taken[-1].end,
                emphasised=any(token.emphasised for token in taken),
                source=word.source,
            )


def _weight(word: AllergenWord) -> tuple[bool, bool]:
    """Order what is said of one allergen: contained, and by the law, comes last."""
    return word.status != EvidenceStatus.MAY_CONTAIN, word.source.startswith("Regulation")
