"""Quality on real data: Recall@20 and NDCG@20 of the model and the baselines, on the same split.

Run: python -m benchmarks.quality DATA [name ...]   (DATA holds the folders named below)
"""

from __future__ import annotations

import ast
import csv
import itertools
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from embeddings.data.dataset import EventKind, Events, IntArray, TrainingGraph, no_edges
from embeddings.training.config import TrainingConfig
from embeddings.training.pipeline import Retraining, retrain

PLAYS_PER_PERSON = 10


def numbered(values: Iterable[str]) -> dict[str, int]:
    return {value: number for number, value in enumerate(sorted(set(values)))}


def edge_list(pairs: Sequence[tuple[int, int]]) -> IntArray:
    return np.array(sorted(set(pairs)), dtype=np.int64).T if pairs else no_edges()


def amazon_grocery(data: Path) -> TrainingGraph:
    """Purchases with time; no attributes."""
    with (data / "amazon_grocery" / "train.csv").open() as lines:
        rows = [row for row in csv.reader(lines, delimiter="\t")][1:]
    users, drinks = numbered(row[0] for row in rows), numbered(row[1] for row in rows)
    events = Events.of(
        [users[row[0]] for row in rows],
        [drinks[row[1]] for row in rows],
        at=[int(row[2]) * 1000 for row in rows],
    )
    return TrainingGraph(tuple(drinks), tuple(users), events)


def amazon_grocery_categories(data: Path) -> TrainingGraph:
    """The same purchases, with each item's category as its kind."""
    graph = amazon_grocery(data)
    with (data / "amazon_grocery" / "item_meta.csv").open() as lines:
        category = {
            row[0]: row[1] for row in itertools.islice(csv.reader(lines, delimiter="\t"), 1, None)
        }
    kinds = numbered(category.values())
    edges = [
        (row, kinds[category[item]]) for row, item in enumerate(graph.drinks) if item in category
    ]
    return TrainingGraph(
        graph.drinks, graph.users, graph.events, kinds=tuple(kinds), drink_kinds=edge_list(edges)
    )


def lastfm(data: Path) -> TrainingGraph:
    """Each person's most played artists (all 50 that the file has); no time, no attributes."""
    with (data / "lastfm_kg" / "user_artists.dat").open() as lines:
        rows = [line.split("\t") for line in lines][1:]
    users, drinks = numbered(row[0] for row in rows), numbered(row[1] for row in rows)
    events = Events.of([users[row[0]] for row in rows], [drinks[row[1]] for row in rows])
    return TrainingGraph(tuple(drinks), tuple(users), events)


def lastfm_graph(data: Path) -> TrainingGraph:
    """The same, with the knowledge graph: a neighbour by any relation is an ingredient."""
    graph, folder = lastfm(data), data / "lastfm_kg"
    entity = dict(line.split() for line in (folder / "item_index2entity_id.txt").open())
    artist = {name: item for item, name in entity.items()}
    row_of = {item: row for row, item in enumerate(graph.drinks)}
    pairs: list[tuple[str, str]] = []
    for line in (folder / "kg.txt").open():
        head, relation, tail = line.rstrip("\n").split("\t")
        pairs += [
            (artist[a], f"{relation}:{b}") for a, b in ((head, tail), (tail, head)) if a in artist
        ]
    ingredients = numbered(name for _, name in pairs)
    edges = [(row_of[a], ingredients[b]) for a, b in pairs if a in row_of]
    return TrainingGraph(
        graph.drinks,
        graph.users,
        graph.events,
        ingredients=tuple(ingredients),
        drink_ingredients=edge_list(edges),
    )


def xwines(data: Path) -> TrainingGraph:
    """Ratings of wines with time; grapes, pairing, body, region, winery and type."""
    with (data / "xwines" / "XWines_Test_100_wines.csv").open() as lines:
        wines = list(csv.DictReader(lines))
    with (data / "xwines" / "XWines_Test_1K_ratings.csv").open() as lines:
        ratings = list(csv.DictReader(lines))
    drinks = numbered(wine["WineID"] for wine in wines)
    users = numbered(rating["UserID"] for rating in ratings)
    events = Events.of(
        [users[rating["UserID"]] for rating in ratings],
        [drinks[rating["WineID"]] for rating in ratings],
        EventKind.RATING,
        [float(rating["Rating"]) for rating in ratings],
        [int(datetime.fromisoformat(rating["Date"]).timestamp() * 1000) for rating in ratings],
    )

    def attribute(
        values: Callable[[dict[str, str]], list[str]],
    ) -> tuple[tuple[str, ...], IntArray]:
        names = numbered(name for wine in wines for name in values(wine))
        pairs = [(drinks[wine["WineID"]], names[name]) for wine in wines for name in values(wine)]
        return tuple(names), edge_list(pairs)

    grapes, drink_grapes = attribute(lambda wine: ast.literal_eval(wine["Grapes"]))
    flavors, drink_flavors = attribute(
        lambda wine: [wine["Body"], wine["Acidity"], *ast.literal_eval(wine["Harmonize"])]
    )
    styles, drink_styles = attribute(lambda wine: [wine["RegionName"], wine["Country"]])
    producers, drink_producers = attribute(lambda wine: [wine["WineryName"]])
    kinds, drink_kinds = attribute(lambda wine: [wine["Type"]])
    return TrainingGraph(
        tuple(drinks),
        tuple(users),
        events,
        ingredients=grapes,
        flavors=flavors,
        styles=styles,
        producers=producers,
        kinds=kinds,
        drink_ingredients=drink_grapes,
        drink_flavors=drink_flavors,
        drink_styles=drink_styles,
        drink_producers=drink_producers,
        drink_kinds=drink_kinds,
    )


def few(graph: TrainingGraph, people: int) -> TrainingGraph:
    """The first people only, and the drinks that at least one of them had."""
    events = graph.events.take(graph.events.user < people)
    drinks, column = np.unique(events.drink, return_inverse=True)
    return TrainingGraph(
        tuple(graph.drinks[row] for row in drinks),
        graph.users[:people],
        Events(events.user, column.astype(np.int32), events.kind, events.value, events.at),
    )


DATA_SETS: dict[str, Callable[[Path], TrainingGraph]] = {
    "amazon_grocery": amazon_grocery,
    "amazon_grocery_categories": amazon_grocery_categories,
    "lastfm": lastfm,
    "lastfm_graph": lastfm_graph,
    "lastfm_300_people": lambda data: few(lastfm(data), 300),
    "xwines": xwines,
}


def table_row(name: str, graph: TrainingGraph, retraining: Retraining, seconds: float) -> list[str]:
    """One line a recommender: metrics with standard errors; what was chosen is printed."""
    lines: list[str] = []
    for recommender, metrics in retraining.table.items():
        lines.append(
            f"| {name} | {recommender} | {metrics.recall:.4f} ± {metrics.recall_standard_error:.4f}"
            f" | {metrics.ndcg:.4f} ± {metrics.ndcg_standard_error:.4f}"
            f" | {metrics.coverage:.2f} | {metrics.users:,} |"
        )
    print(
        f"{name}: {seconds:.0f} s for the whole retrain, {retraining.artefact.settings}", flush=True
    )
    return lines


def main(arguments: Sequence[str]) -> None:
    """Retrain on each data set and print a Markdown table."""
    data, names = Path(arguments[0]), arguments[1:] or list(DATA_SETS)
    lines = ["| data | recommender | Recall@20 | NDCG@20 | coverage | people |"]
    lines.append("|---|---|---|---|---|---|")
    for name in names:
        graph, started = DATA_SETS[name](data), time.perf_counter()
        candidate = retrain(graph, TrainingConfig(threads=1))
        lines += table_row(name, graph, candidate, time.perf_counter() - started)
        print("\n".join(lines[2:]), flush=True)
    print("\n".join(lines))


if __name__ == "__main__":
    main(sys.argv[1:])
