"""Verdicts on named allergens, instead of a person's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.catalogue.entities import ALLERGEN_VERDICTS
from graph.connection import Graph
from graph.vocabulary import Verdict


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
            verdicts={one["allergen"]: Verdict(one["verdict"]) for one in row["verdicts"]},
            catalogue_version=row["catalogueVersion"],
        )
        for row in rows
    }
