"""What people want when: context effects, added to scores if a request gives its context."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray
from graph.catalogue.entities import Drink
from graph.connection import Graph, Row
from graph.people.recommended import purchases_in_context
from recommend.context.effects import FIELDS, ContextEffect, Purchases, learn
from recommend.state.snapshot import Snapshot
from recommend.state.traits import Trait, traits_of

MOST_PURCHASES = 50_000
DAY = 86_400_000
STRENGTH = 1.0
# The first hour of each daypart.
HOURS = {"morning": 6, "afternoon": 12, "evening": 17, "night": 22}


@dataclass(frozen=True)
class RequestContext:
    """When and where a person asks; a field left out plays no part."""

    daypart: str | None = None
    season: str | None = None
    weather: str | None = None
    place: str | None = None
    occasion: str | None = None

    def said(self) -> dict[str, str]:
        """The fields that are given."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value}


def daypart_of(hour: int) -> str:
    """The daypart of an hour, 0 to 23."""
    return next((name for name, first in reversed(HOURS.items()) if hour >= first), "night")


@dataclass(frozen=True)
class ContextModel:
    """Effects by context: log of how much likelier a kind, style or flavor is then than otherwise.

    `learned` says how much each field helps, and whether it is used.
    """

    effects: Mapping[tuple[str, str], Mapping[Trait, float]] = field(
        default_factory=dict[tuple[str, str], Mapping[Trait, float]]
    )
    learned: tuple[ContextEffect, ...] = ()

    def adjustment(self, snapshot: Snapshot, context: RequestContext) -> FloatArray:
        """What to add to each drink's score in a context, float32 [drinks].

        In units of the standard deviation of one person's scores.
        """
        total = np.zeros(len(snapshot.catalogue.drinks), dtype=np.float32)
        for name, value in context.said().items():
            for trait, effect in self.effects.get((name, value), {}).items():
                total[snapshot.view.traits.rows_with(trait)] += np.float32(effect)
        return total * np.float32(STRENGTH)

    def of(self, context: RequestContext) -> list[tuple[str, str, Mapping[Trait, float]]]:
        """What is known about a context: field, value, and the effects on traits."""
        said = context.said().items()
        return [(*pair, self.effects[pair]) for pair in said if pair in self.effects]


async def load_context_model(graph: Graph, drinks: Sequence[Drink]) -> ContextModel:
    """Learn context effects from the newest purchases in the graph, for drinks of a catalogue."""
    rows = await purchases_in_context(graph, MOST_PURCHASES, 60.0)
    return await asyncio.to_thread(_learn, rows, drinks)


def context_model_of(learned: Sequence[ContextEffect]) -> ContextModel:
    """Keep the effects of the fields that help."""
    effects = {
        (learned_field.name, value): by_trait
        for learned_field in learned
        if learned_field.used
        for value, by_trait in learned_field.effects.items()
    }
    return ContextModel(effects, tuple(learned))


def _learn(rows: Sequence[Row], drinks: Sequence[Drink]) -> ContextModel:
    # what nobody bought says nothing, and would take memory for as long as this learns
    bought = {row["drinkId"] for row in rows}
    row_of, traits = dict[str, int](), list[tuple[Trait, ...]]()
    for drink in drinks if bought else ():
        if drink.id in bought:
            row_of[drink.id] = len(traits)
            traits.append(traits_of(drink))
    rows = [row for row in rows if row["drinkId"] in row_of for _ in range(row["times"])]
    if not rows:
        return ContextModel()
    people: dict[str, int] = {}
    purchases = Purchases(
        person=_numbers(people.setdefault(row["userId"], len(people)) for row in rows),
        drink=_numbers(row_of[row["drinkId"]] for row in rows),
        day=_numbers(-1 if row["at"] is None else row["at"] // DAY for row in rows),
        said={name: [row[name] for row in rows] for name in FIELDS},
    )
    return context_model_of(learn(purchases, traits))


def _numbers(values: Iterable[int]) -> IntArray:
    return np.fromiter(values, dtype=np.int64)
