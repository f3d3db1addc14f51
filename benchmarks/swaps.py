"""Replacements: where the true one ranks, in the order of shared flavors, of likeness, and of both.

The graph has the bundled catalogue with its simulated people, and a model trained on them. True
replacements are of two kinds: what the bundled table of substitutes states, taken as if it were not
stated; and what differs between two recipes of the three cocktail books that are the same but for
one ingredient. The books are imported after the training, so the model has not seen them.

Run: python -m benchmarks.swaps
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.cocktails import import_all
from embeddings.registry.store import ModelStore
from embeddings.serving.encoder import Encoder
from embeddings.training.workers.worker_group import WorkerGroup
from graph.catalogue.entities import load_catalogue
from graph.catalogue.popularity import Popularity
from graph.catalogue.recipes import load_recipes
from graph.catalogue.substitutes import SubstituteCandidate, load_candidates
from graph.connection import Graph
from graph.importing import Silent
from graph.verdicts.gate import described_as
from recommend.explain.alike_ingredients import alike_ingredients
from recommend.explain.substitutions import MOST_SUBSTITUTES
from recommend.state.snapshot import Snapshot
from service import bundled
from service.opening import open_graph
from service.settings import read_settings
from service.training.retrain import RetrainOptions, retrain

FEWEST_INGREDIENTS = 3
FIRST = (1, 3, 16)
Pairs = Mapping[str, set[str]]
# The ids of what may replace an ingredient, best first.
Order = Callable[[str], Sequence[str]]


class Ingredients:
    """What may replace what: as the graph says, and as the model finds alike."""

    def __init__(
        self,
        kindred: Mapping[str, Sequence[SubstituteCandidate]],
        stated: Mapping[str, Sequence[SubstituteCandidate]],
        pool: set[str],
        encoder: Encoder,
        snapshots: tuple[Snapshot, Snapshot],
        drink_of: Mapping[str, str],
    ) -> None:
        self.kindred, self.stated, self.pool = kindred, stated, pool
        self.snapshots, self.drink_of = snapshots, drink_of
        ids = encoder.artefact.ids["ingredient"]
        self.row = {id_: row for row, id_ in enumerate(ids)}
        self.directions = encoder.attribute_directions("ingredient")

    def likeness(self, original: str, other: str) -> float:
        """Return the cosine of two ingredients; -1 where one is not known."""
        if original not in self.row or other not in self.row:
            return -1.0
        both = self.directions[[self.row[original], self.row[other]]]
        return float(both[0] @ both[1]) if both.any(axis=1).all() else -1.0

    def by_flavors(self, original: str) -> list[str]:
        """The order of the graph: shared flavors, then drinks of the kind."""
        return [candidate.substitute.id for candidate in sorted(self.kindred[original], key=_usual)]

    def by_likeness(self, original: str) -> list[str]:
        """The same candidates, by likeness."""
        return self._alike(
            original, {candidate.substitute.id for candidate in self.kindred[original]}
        )

    def by_both(self, original: str) -> list[str]:
        """The same candidates, by the sum of both places."""
        return _merged(self.by_flavors(original), self.by_likeness(original))

    def all_by_likeness(self, original: str) -> list[str]:
        """Everything that may be in a drink, by likeness."""
        return self._alike(original, self.pool - {original})

    def and_family_by_flavors(self, original: str) -> list[str]:
        """The order of the graph, then the rest of the family without a model."""
        return self._and_family(original, self.snapshots[0])

    def and_family(self, original: str) -> list[str]:
        """As `swap` orders them, but for what is stated."""
        return self._and_family(original, self.snapshots[1])

    def _and_family(self, original: str, snapshot: Snapshot) -> list[str]:
        members = alike_ingredients(snapshot, self.drink_of[original])
        family = [
            proposal.substitute_id
            for proposal in members
            if proposal.ingredient_id == original and proposal.substitute_id in self.pool
        ]
        return list(dict.fromkeys([*self.by_flavors(original), *family]))[:MOST_SUBSTITUTES]

    def stated_by_flavors(self, original: str) -> list[str]:
        """What is stated, in the order of the graph."""
        return [candidate.substitute.id for candidate in sorted(self.stated[original], key=_usual)]

    def stated_by_likeness(self, original: str) -> list[str]:
        """What is stated, by likeness."""
        return self._alike(
            original, {candidate.substitute.id for candidate in self.stated[original]}
        )

    def stated_by_both(self, original: str) -> list[str]:
        """What is stated, by the sum of both places."""
        return _merged(self.stated_by_flavors(original), self.stated_by_likeness(original))

    def _alike(self, original: str, others: set[str]) -> list[str]:
        return sorted(others, key=lambda other: (-self.likeness(original, other), other))


def _usual(candidate: SubstituteCandidate) -> tuple[int, int, str]:
    return -len(candidate.substitute.flavors), -candidate.drinks, candidate.substitute.id


def _merged(first: Sequence[str], other: Sequence[str]) -> list[str]:
    place = {id_: number for number, id_ in enumerate(other)}
    sums = {id_: number + place[id_] for number, id_ in enumerate(first)}
    return sorted(first, key=lambda id_: (sums[id_], place[id_]))


async def ingredients(graph: Graph, encoder: Encoder) -> Ingredients:
    """Ask the graph about every ingredient of a drink, by one of the drinks that have it."""
    catalogue = await load_catalogue(graph)
    drink_of = {id_: drink.id for drink in reversed(catalogue.drinks) for id_ in drink.ingredients}
    pool = {id_ for id_ in drink_of if catalogue.ingredients[id_].reviewed}
    kindred, stated = (
        defaultdict[str, list[SubstituteCandidate]](list),
        defaultdict[str, list[SubstituteCandidate]](list),
    )
    for id_, drink in drink_of.items():
        candidates = await load_candidates(graph, await described_as(graph, "nobody"), drink)
        kindred[id_] = [kin for kin in candidates.kindred if kin.ingredient_id == id_]
        mine = [candidate for candidate in candidates.stated if candidate.ingredient_id == id_]
        nearest = min((kin.steps for kin in mine), default=0)
        stated[id_] = [kin for kin in mine if kin.steps == nearest]
    snapshots = tuple(
        Snapshot.of(catalogue, artefact, Popularity()) for artefact in (None, encoder.artefact)
    )
    return Ingredients(kindred, stated, pool, encoder, snapshots, drink_of)


async def variations(graph: Graph, known: set[str]) -> Pairs:
    """Return what stands for what in two recipes of the books that differ in one ingredient."""
    catalogue = await load_catalogue(graph)
    books = [drink.id for drink in catalogue.drinks if drink.id not in known]
    recipes = {
        frozenset(line["ingredientId"] for line in lines)
        for lines in (await load_recipes(graph, books)).values()
    }
    rests: dict[frozenset[str], set[str]] = defaultdict(set)
    for recipe in recipes:
        if len(recipe) >= FEWEST_INGREDIENTS:
            for part in recipe:
                rests[recipe - {part}].add(part)
    pairs: dict[str, set[str]] = defaultdict(set)
    for fillers in rests.values():
        for original, other in itertools.permutations(sorted(fillers), 2):
            pairs[original].add(other)
    return pairs


def rows(name: str, pairs: Pairs, orders: Mapping[str, Order], pool: set[str]) -> Iterator[str]:
    """Yield a row of the table for each order; a replacement that it lacks is found nowhere."""
    asked = [(original, other) for original in sorted(pairs) for other in sorted(pairs[original])]
    asked = [(original, other) for original, other in asked if original in pool and other in pool]
    listed = {
        order: {original: list(ranked(original)) for original, _ in asked}
        for order, ranked in orders.items()
    }
    for order, lists in listed.items():
        places = np.array(
            [
                1.0 + lists[original].index(other) if other in lists[original] else np.inf
                for original, other in asked
            ]
        )
        first = " | ".join(f"{(places <= most).mean():.1%}" for most in FIRST)
        reciprocal = 1 / places
        error = reciprocal.std(ddof=1) / np.sqrt(places.size)
        yield (
            f"| {name} | {order} | {len(asked):,} | {np.isfinite(places).mean():.1%} "
            f"| {first} | {reciprocal.mean():.4f} ± {error:.4f} |"
        )


async def run(home: Path) -> list[str]:
    """Return the table."""
    settings = read_settings({**os.environ, "TASTEGRAPH_HOME": str(home)})
    async with open_graph(settings) as (graph, _):
        rejects = home / "rejects.csv"
        await bundled.prepare(graph, rejects, Silent(), empty=False)
        options = RetrainOptions(0, "benchmark", WorkerGroup(), True, settings.keep_models)
        outcome = await retrain(graph, ModelStore(settings.models), options, lambda *_: None)
        encoder = Encoder(outcome.artefact)
        known_ingredients = await ingredients(graph, encoder)
        known = set(outcome.artefact.drinks)
        await import_all(graph, rejects)
        varied = await variations(graph, known)
    stated = {
        original: {candidate.substitute.id for candidate in candidates}
        for original, candidates in known_ingredients.stated.items()
    }
    stated_among = {original: varied[original] & stated.get(original, set()) for original in varied}
    unstated = {
        "shared flavors": known_ingredients.by_flavors,
        "the same, by likeness": known_ingredients.by_likeness,
        "the same, by both": known_ingredients.by_both,
        "everything, by likeness": known_ingredients.all_by_likeness,
        "shared flavors, then family by flavors": known_ingredients.and_family_by_flavors,
        "shared flavors, then family by flavors and likeness": known_ingredients.and_family,
    }
    among = {
        "shared flavors": known_ingredients.stated_by_flavors,
        "likeness": known_ingredients.stated_by_likeness,
        "both": known_ingredients.stated_by_both,
    }
    return [
        *rows("stated", stated, unstated, known_ingredients.pool),
        *rows("recipes", varied, unstated, known_ingredients.pool),
        *rows("recipes, among what is stated", stated_among, among, known_ingredients.pool),
    ]


def main() -> None:
    """Print the table."""
    logging.getLogger("neo4j").setLevel(logging.ERROR)
    head = " | ".join(f"first {most}" for most in FIRST)
    print(f"| true replacements | order | pairs | listed | {head} | MRR |")
    print("|---|---|---|---|" + "---|" * (len(FIRST) + 1))
    with tempfile.TemporaryDirectory() as home:
        print("\n".join(asyncio.run(run(Path(home)))))


if __name__ == "__main__":
    main()
