"""Loaders: one query for what many drinks of one request ask for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import cached_property

from strawberry.dataloader import DataLoader

from gql.request.failures import answering
from graph.catalogue.recipes import load_recipes
from graph.connection import Graph, Row
from graph.verdicts.allergens import DrinkVerdicts, ask_verdicts
from graph.verdicts.evidence import Facts, read_facts
from graph.verdicts.gate import GateAnswer, Person

DrinkAndAllergens = tuple[str, tuple[str, ...]]
DrinkAndAllergen = tuple[str, str]
AskGate = Callable[[Sequence[Person], Sequence[str]], Awaitable[list[dict[str, GateAnswer]]]]


class Loaders:
    """Recipes, safety, verdicts and evidence, each asked for once in a request."""

    def __init__(self, graph: Graph, ask_gate: AskGate, user_id: str | None) -> None:
        self._graph = graph
        self._ask_gate = ask_gate
        self._user_id = user_id

    @cached_property
    def recipes(self) -> DataLoader[str, Sequence[Row]]:
        """The parts of drinks."""
        return DataLoader(answering(self._recipes))

    @cached_property
    def safety(self) -> DataLoader[str, GateAnswer | None]:
        """What the gate says of drinks for the person who asks."""
        return DataLoader(answering(self._safety))

    @cached_property
    def verdicts(self) -> DataLoader[DrinkAndAllergens, DrinkVerdicts | None]:
        """Verdicts on named allergens."""
        return DataLoader(answering(self._verdicts))

    @cached_property
    def evidence(self) -> DataLoader[DrinkAndAllergen, Facts]:
        """What verdicts rest on."""
        return DataLoader(answering(self._evidence))

    async def _recipes(self, drink_ids: list[str]) -> list[Sequence[Row]]:
        recipes = await load_recipes(self._graph, drink_ids)
        return [recipes.get(drink_id, []) for drink_id in drink_ids]

    async def _safety(self, drink_ids: list[str]) -> list[GateAnswer | None]:
        [answers] = await self._ask_gate([self._user_id], drink_ids)
        return [answers.get(drink_id) for drink_id in drink_ids]

    async def _verdicts(self, asked: list[DrinkAndAllergens]) -> list[DrinkVerdicts | None]:
        """Return the verdicts on all allergens of any of these: each picks its own."""
        allergens = sorted({allergen for _, some in asked for allergen in some})
        answers = await ask_verdicts(self._graph, _each(drink for drink, _ in asked), allergens)
        return [answers.get(drink_id) for drink_id, _ in asked]

    async def _evidence(self, asked: list[DrinkAndAllergen]) -> list[Facts]:
        drinks, allergens = _each(one for one, _ in asked), _each(one for _, one in asked)
        facts = await read_facts(self._graph, drinks, allergens)
        return [facts(*pair) for pair in asked]


def _each(ids: Iterable[str]) -> list[str]:
    return sorted(set(ids))
