"""Loaders: one query for what many drinks of one request ask for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from strawberry.dataloader import DataLoader

from gql.request.failures import answering
from graph.catalogue.recipes import load_recipes
from graph.connection import Graph, Row
from graph.verdicts.allergens import DrinkVerdicts, ask_verdicts
from graph.verdicts.evidence import Facts, read_facts
from graph.verdicts.gate import GateAnswer, ask_gate

DrinkAndAllergens = tuple[str, tuple[str, ...]]
DrinkAndAllergen = tuple[str, str]


class Loaders:
    """Recipes, safety, verdicts and evidence, each asked for once in a request."""

    def __init__(self, graph: Graph, user_id: str | None) -> None:
        self._graph = graph
        self._user_id = user_id
        self.recipes: DataLoader[str, Sequence[Row]] = DataLoader(answering(self._recipes))
        self.safety: DataLoader[str, GateAnswer | None] = DataLoader(answering(self._safety))
        self.verdicts: DataLoader[DrinkAndAllergens, DrinkVerdicts | None] = DataLoader(
            answering(self._verdicts)
        )
        self.evidence: DataLoader[DrinkAndAllergen, Facts] = DataLoader(answering(self._evidence))

    async def _recipes(self, drink_ids: list[str]) -> list[Sequence[Row]]:
        recipes = await load_recipes(self._graph, drink_ids)
        return [recipes.get(drink_id, []) for drink_id in drink_ids]

    async def _safety(self, drink_ids: list[str]) -> list[GateAnswer | None]:
        answers = await ask_gate(self._graph, self._user_id, drink_ids)
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
