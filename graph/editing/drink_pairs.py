"""Two drinks of which one is merged into the other: as they are, and how strict about them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from graph.catalogue.changes import Step
from graph.catalogue.entities import ALLERGENS
from graph.connection import Graph, Row
from graph.errors import DrinkUnknown, MergeRefused
from graph.importing.statements import (
    Statement,
    StatementKey,
    Statements,
)
from graph.query_files import load
from graph.verdicts.allergens import ALLERGEN_VERDICTS
from graph.vocabulary import EvidenceStatus, Verdict

MERGE_STATE = load("changes/merge_state")

_KEPT = ("complete", "abv", "caffeine", "composition", "composedIn", "composedOn")
_STRICTNESS = {Verdict.ABSENT: 0, Verdict.UNKNOWN: 1, Verdict.MAY_CONTAIN: 2, Verdict.CONTAINS: 3}


@dataclass(frozen=True)
class DrinkPair:
    """Two drinks as they are, and the verdicts on every allergen in each."""

    gone: Row
    kept: Row
    gone_verdicts: Mapping[str, Verdict]
    kept_verdicts: Mapping[str, Verdict]
    known: bool

    @property
    def parts(self) -> list[Row]:
        """The parts of the merged drink that the other lacks."""
        there = {line["ingredientId"] for line in self.kept["lines"]}
        lines = sorted(self.gone["lines"], key=lambda line: line["ingredientId"])
        return [line for line in lines if line["ingredientId"] not in there]

    @property
    def complete(self) -> bool:
        """Whether both recipes are complete, and there is one of each."""
        return all(drink["complete"] and drink["lines"] for drink in (self.gone, self.kept))

    @property
    def void(self) -> list[str]:
        """The allergens whose declared absence in the other no longer counts."""
        absent = sorted(set(self.kept["absent"]))
        if self.parts or self.complete != self.kept["complete"]:
            return absent
        return [
            allergen
            for allergen in absent
            if self.gone_verdicts.get(allergen) is not Verdict.ABSENT
        ]

    def evidence(self, day: str) -> Statements:
        """The merged drink's known presence and traces, as statements about the other."""
        source = source_of(self.gone["id"])
        said = dict.fromkeys(self.gone["mayContain"], EvidenceStatus.MAY_CONTAIN)
        said |= dict.fromkeys(self.gone["contains"], EvidenceStatus.CONTAINS)
        changes: dict[StatementKey, Statement | None] = {
            StatementKey("drink", self.kept["id"], allergen, source): Statement(status, day)
            for allergen, status in sorted(said.items())
        }
        return Statements(changes=changes)

    def more(self, name: str) -> float | None:
        """Return the higher of two strengths; None if either is unknown."""
        values = (self.gone[name], self.kept[name])
        return None if None in values else max(values)

    def undo(self) -> str:
        """The former state of both, as JSON."""
        kept = {name: self.kept[name] for name in (*_KEPT, "composedBecause")}
        return json.dumps(
            {
                "availableUntil": self.gone["availableUntil"],
                "fromFacts": sorted(self.gone["facts"] or []),
                "intoFacts": sorted(self.kept["facts"] or []),
                "into": kept,
            }
        )


def source_of(drink_id: str) -> str:
    """Return the source named on evidence that a drink gets from one merged into it."""
    return f"merged from {drink_id}"


async def read_pair(graph: Graph, drink_id: str, into: str) -> DrinkPair:
    """Return two drinks as they are now. Raises DrinkUnknown and a GraphError."""
    allergens = [row["id"] for row in await graph.run(ALLERGENS)]
    rows, verdicts = await graph.run_together(pair_steps(drink_id, into, allergens))
    return pair_of(rows, verdicts, drink_id, into)


def pair_steps(drink_id: str, into: str, allergens: Sequence[str]) -> tuple[Step, Step]:
    """Return the steps that read two drinks and the verdicts on them: see `pair_of`."""
    ids = [drink_id, into]
    return (
        (MERGE_STATE, {"ids": ids}),
        (ALLERGEN_VERDICTS, {"drinkIds": ids, "allergenIds": list(allergens)}),
    )


def pair_of(rows: list[Row], verdicts: list[Row], drink_id: str, into: str) -> DrinkPair:
    """Return the pair that the rows of `pair_steps` are about; raise DrinkUnknown."""
    state = {row["id"]: row for row in rows}
    for id_ in (drink_id, into):
        if id_ not in state:
            raise DrinkUnknown(id_)
    row_of = {row["drinkId"]: row for row in verdicts}
    return DrinkPair(
        state[drink_id],
        state[into],
        verdicts_of(row_of.get(drink_id)),
        verdicts_of(row_of.get(into)),
        all(row["known"] for row in verdicts),
    )


def verdicts_of(row: Row | None) -> dict[str, Verdict]:
    """Return the verdict on each allergen; none of a drink without a row."""
    return (
        {verdict["allergen"]: Verdict(verdict["verdict"]) for verdict in row["verdicts"]}
        if row
        else {}
    )


def is_same(now: DrinkPair, planned: DrinkPair) -> bool:
    """Return whether nothing that matters has changed; the composition may just be noted."""
    return _facts(now) == _facts(planned)


def _facts(pair: DrinkPair) -> str:
    rows = [
        {
            name: sorted(map(str, cast(list[Any], value))) if isinstance(value, list) else value
            for name, value in drink.items()
            if name != "composition"
        }
        for drink in (pair.gone, pair.kept)
    ]
    return json.dumps([rows, pair.gone_verdicts, pair.kept_verdicts, pair.known], sort_keys=True)


def check_strict(pair: DrinkPair, rows: list[Row]) -> None:
    """Refuse a merge after which any verdict on the drink that stays is laxer than on either."""
    row = next(row for row in rows if row["drinkId"] == pair.kept["id"])
    after = verdicts_of(row)
    laxer = [
        allergen
        for allergen in pair.gone_verdicts
        if _STRICTNESS[after.get(allergen, Verdict.ABSENT)]
        < max(_STRICTNESS[pair.gone_verdicts[allergen]], _STRICTNESS[pair.kept_verdicts[allergen]])
    ]
    if laxer or (row["known"] and not pair.known):
        raise MergeRefused(
            f"'{pair.kept['id']}' would be less strict about {', '.join(laxer) or 'its recipe'}.",
            "Nothing was changed. This is a bug in Tastegraph: please report it.",
        )
