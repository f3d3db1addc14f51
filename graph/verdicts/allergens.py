"""Verdicts on named allergens, instead of a person's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.connection import Graph
from graph.query_files import load
from graph.verdicts.replay import Replay
from graph.vocabulary import Verdict

ALLERGEN_VERDICTS = load("recommend/allergen_verdicts")


@dataclass(frozen=True)
class DrinkVerdicts:
    """What the graph says about named allergens in one drink, by allergen; others are unknown."""

    drink_id: str
    known: bool
    verdicts: Mapping[str, Verdict]
    catalogue_version: int

    def of(self, allergen: str) -> Verdict:
        """Return the verdict on one allergen; UNKNOWN for one that the graph does not have."""
        return self.verdicts.get(allergen, Verdict.UNKNOWN)


async def ask_verdicts(
    graph: Graph, drink_ids: Sequence[str], allergen_ids: Sequence[str]
) -> dict[str, DrinkVerdicts]:
    """Return the verdicts by drink, in one query; a drink that the graph does not have has none.

    Raises a GraphError.
    """
    if not drink_ids:
        return {}
    rows = await graph.run(
        ALLERGEN_VERDICTS, allergenIds=list(allergen_ids), drinkIds=list(drink_ids)
    )
    return {
        row["drinkId"]: DrinkVerdicts(
            drink_id=row["drinkId"],
            known=row["known"] is True,
            verdicts={
                verdict["allergen"]: Verdict(verdict["verdict"]) for verdict in row["verdicts"]
            },
            catalogue_version=row["catalogueVersion"],
        )
        for row in rows
    }


def replay_verdicts(drink_id: str, allergen_ids: Sequence[str]) -> Replay:
    """Return what shows the verdicts on a drink again."""
    asked = {"allergenIds": list(allergen_ids), "drinkIds": [drink_id]}
    return Replay.of(ALLERGEN_VERDICTS, asked)
