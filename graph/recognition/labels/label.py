"""What a printed label says: allergens, ingredients, claims, and what was not understood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from graph.recognition.resolution import Resolution
from graph.vocabulary import EvidenceStatus

LONGEST = 10_000


class LabelFinding(NamedTuple):
    """An allergen that the label names, by which words of it (`start` to `end` of the text)."""

    allergen: str
    status: EvidenceStatus
    text: str
    start: int
    end: int
    emphasised: bool
    source: str


class Claim(NamedTuple):
    """Something that the label says is not in it; never evidence of anything else.

    `allergen` is None for a claim about something other than an allergen.
    """

    allergen: str | None
    text: str


class LabelIngredient(NamedTuple):
    """One item of the list: `within` is the index of the item it is a part of.

    `percent` is as printed; `additives` are numbers without the E. An item that names only
    additives has no resolution. `start` to `end` is its place; `possible`, whether it only may be
    there.
    """

    text: str
    level: int
    within: int | None
    percent: float | None
    resolution: Resolution | None
    additives: tuple[str, ...]
    start: int = 0
    end: int = 0
    possible: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """All that was read. `complete` only if there is a list and all of the text was understood.

    `unreviewed` are items whose allergens nobody has checked; they leave it incomplete too.
    """

    findings: tuple[LabelFinding, ...]
    ingredients: tuple[LabelIngredient, ...]
    claims: tuple[Claim, ...]
    unread: tuple[str, ...]
    complete: bool
    unreviewed: tuple[str, ...] = ()

    @property
    def contains(self) -> tuple[str, ...]:
        """The allergens that the label says it contains, by id."""
        findings = (
            finding for finding in self.findings if finding.status == EvidenceStatus.CONTAINS
        )
        return tuple(sorted({finding.allergen for finding in findings}))

    @property
    def may_contain(self) -> tuple[str, ...]:
        """The other allergens that it may contain, by id."""
        return tuple(sorted({finding.allergen for finding in self.findings} - {*self.contains}))
