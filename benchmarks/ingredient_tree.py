"""New drinks made of ingredients that nobody had: are they placed by the ingredients' groups?

The bundled catalogue with its simulated people. A fifth of the ingredients that have a group are
taken to be new, and so is every drink with one of them: nobody's events with it are trained on, and
nothing is told of it but those new ingredients. Then only new drinks are ranked, for the people who
had any of them. "Known to the graph": the ingredients were there at the training, without drinks.
"Added later": the model has never heard of them.

Run: python -m benchmarks.ingredient_tree
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse

from benchmarks.cold import Score, line
from embeddings.data.dataset import BoolArray, FloatArray, IntArray, TrainingGraph, no_edges
from embeddings.data.export import export_graph
from embeddings.data.positives import positives
from embeddings.evaluation.holdout import tastes
from embeddings.evaluation.metrics import by_person
from embeddings.serving.ancestors import nearest_known
from embeddings.serving.encoder import DrinkAttributes, Encoder
from embeddings.training.config import TrainingConfig
from embeddings.training.trainer import fit
from graph.importing import Silent
from service import bundled
from service.opening import open_graph
from service.settings import read_settings

SHARE, PEOPLE = 0.2, 2_000


async def bundled_graph(home: Path) -> TrainingGraph:
    """Return what a first start trains on."""
    settings = read_settings({**os.environ, "TASTEGRAPH_HOME": str(home)})
    async with open_graph(settings) as (graph, _):
        await bundled.prepare(graph, home / "rejects.csv", Silent(), empty=False)
        return await export_graph(graph)


@dataclasses.dataclass(frozen=True)
class New:
    """Which ingredients and which drinks are new."""

    ingredients: BoolArray
    drinks: BoolArray


def new_ones(graph: TrainingGraph, seed: int) -> New:
    """Draw ingredients of drinks that have a group; with them all their drinks are new."""
    grouped = np.isin(np.arange(len(graph.ingredients)), graph.ingredient_parents[0])
    used = np.isin(np.arange(len(graph.ingredients)), graph.drink_ingredients[1])
    drawn = np.random.default_rng(seed).random(grouped.size) < SHARE
    ingredients = grouped & used & drawn
    drinks = np.zeros(len(graph.drinks), dtype=np.bool_)
    drinks[graph.drink_ingredients[0][ingredients[graph.drink_ingredients[1]]]] = True
    return New(ingredients, drinks)


def stripped(graph: TrainingGraph, new: New) -> TrainingGraph:
    """Return the graph without events of new drinks, which have nothing but new ingredients."""
    drink, ingredient = graph.drink_ingredients
    kept = ~new.drinks[drink] | new.ingredients[ingredient]
    others = {
        f"drink_{name}s": edges[:, ~new.drinks[edges[0]]]
        for name in ("flavor", "style", "producer", "kind")
        for edges in [graph.attributes(name)]
    }
    events = graph.events.take(~new.drinks[graph.events.drink])
    return dataclasses.replace(
        graph.with_events(events), drink_ingredients=graph.drink_ingredients[:, kept], **others
    )


def without_new(graph: TrainingGraph, new: New) -> TrainingGraph:
    """Return the graph as it was before the new ingredients came; the drinks keep their rows."""
    place = np.cumsum(~new.ingredients) - 1

    def moved(edges: IntArray, *sides: int) -> IntArray:
        kept = np.all([~new.ingredients[edges[side]] for side in sides], axis=0)
        edges = edges[:, kept].copy()
        for side in sides:
            edges[side] = place[edges[side]]
        return edges

    likes = {
        name: {
            kind: moved(edges, 1) if kind == "ingredient" else edges
            for kind, edges in getattr(graph, name).items()
        }
        for name in ("user_likes", "user_dislikes")
    }
    return dataclasses.replace(
        graph,
        ingredients=tuple(np.array(graph.ingredients)[~new.ingredients].tolist()),
        drink_ingredients=moved(graph.drink_ingredients, 1),
        ingredient_parents=moved(graph.ingredient_parents, 0, 1),
        ingredient_flavors=moved(graph.ingredient_flavors, 0),
        **likes,
    )


def added_later(graph: TrainingGraph, new: New, config: TrainingConfig, groups: bool) -> Score:
    """Return the scores of a model that hears of the new ingredients when a drink has them."""
    before = without_new(graph, new)
    artefact = fit(before, config).artefact()
    states = artefact.arrays["state.ingredient"].any(axis=1)
    known = {
        ingredient
        for ingredient, any_ in zip(artefact.ids["ingredient"], states, strict=True)
        if any_
    }
    parents: dict[str, list[str]] = defaultdict(list)
    for child, parent in graph.ingredient_parents.T.tolist() if groups else ():
        parents[graph.ingredients[child]].append(graph.ingredients[parent])
    recipes: dict[int, list[str]] = defaultdict(list)
    for drink, ingredient in graph.drink_ingredients.T.tolist():
        recipes[drink].append(graph.ingredients[ingredient])
    encoder = Encoder(artefact)
    drinks = [
        DrinkAttributes(
            graph.drinks[row], nearest_known(recipes[row], lambda id_: parents[id_], known)
        )
        for row in np.flatnonzero(new.drinks).tolist()
    ]
    vectors, histories = encoder.drink_vectors(drinks), tastes(before)

    def score(people: IntArray) -> FloatArray:
        scores = encoder.scores([histories[person] for person in people.tolist()])
        persons = encoder.user_vectors([histories[person] for person in people.tolist()])
        scores[:, new.drinks] = persons @ vectors.T
        return scores

    return score


def rows(whole: TrainingGraph, seed: int) -> Iterator[str]:
    """Yield a row of the table for each way of placing new drinks."""
    new = new_ones(whole, seed)
    graph = stripped(whole, new)
    shape = len(graph.users), len(graph.drinks)
    pairs = positives(whole)
    wanted = pairs.take(new.drinks[pairs.drink]).matrix(*shape)
    masked = sparse.csr_array(np.tile((~new.drinks).astype(np.float32), (shape[0], 1)))
    random = np.random.default_rng(seed)
    flat = dataclasses.replace(graph, ingredient_parents=no_edges())
    known = positives(graph).matrix(*shape)
    assert not known[:, new.drinks].nnz
    for part, config in (
        ("closed form", TrainingConfig(choice=False, threads=1)),
        ("with GraphSAGE", TrainingConfig(choice=False, threads=1, graph=0.35)),
    ):
        scorers: dict[str, Score] = {
            "known to the graph, with groups": fit(graph, config).scorer(),
            "known to the graph, without groups": fit(flat, config).scorer(),
            "added later, with groups": added_later(graph, new, config, groups=True),
            "added later, without groups": added_later(graph, new, config, groups=False),
        }
        for name, scorer in scorers.items():
            metrics = by_person(scorer, masked, wanted, 20, PEOPLE)
            yield line(f"{int(new.drinks.sum())} new drinks", part, name, metrics)
    chance: Score = lambda people: random.random((people.size, shape[1]), dtype=np.float32)  # noqa: E731
    yield line("", "", "chance", by_person(chance, masked, wanted, 20, PEOPLE))


def main() -> None:
    """Print the table."""
    logging.getLogger("neo4j").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as home:
        graph = asyncio.run(bundled_graph(Path(home)))
    print(
        "| data | model | ingredients | Recall@20 | NDCG@20 | people |\n|---|---|---|---|---|---|"
    )
    for row in rows(graph, 0):
        print(row, flush=True)


if __name__ == "__main__":
    main()
