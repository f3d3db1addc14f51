"""Are reasons there, and true? Coverage of reasons, and fidelity by taking their paths away.

Over the bundled catalogue and its simulated people (labelled so), and, with TheCocktailDB beside
the project, over its recipes with people simulated alike. For each of some people ten drinks are
recommended. Coverage is the share with a reason. Fidelity takes a reason's drink or like out of
what the person did and ranks again: does the score fall? So it does for another drink of the same
history, taken at random, too; a reason should do better.

Run: python -m benchmarks.reasons [people]
"""

from __future__ import annotations

import asyncio
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from benchmarks.cocktails import DATA, SETS
from embeddings.data.export import export_graph
from embeddings.training.config import TrainingConfig
from embeddings.training.pipeline import retrain
from graph.connection import Graph
from graph.importing import Silent, import_folder, load_mapping
from graph.people.profiles import Profile
from recommend.explain.reason_paths import Reason, Source
from recommend.explain.reasons import find_reasons
from recommend.explain.sentences import sentence
from recommend.ranking.recommender import Recommender
from recommend.ranking.request import RecommendationRequest
from recommend.state.snapshot import Snapshot
from recommend.state.snapshot_store import SnapshotStore
from recommend.state.taste import inferred_taste
from service import bundled
from service.metrics import ServiceMetrics
from service.opening import open_graph
from service.settings import read_settings

FIRST = 10
PEOPLE = 200


@dataclass
class Counts:
    """What was counted: drinks, those with a reason, falls of scores, milliseconds of reading."""

    drinks: int = 0
    explained: int = 0
    personal: int = 0
    fell: list[float] = field(default_factory=list[float])
    strongest_fell: list[float] = field(default_factory=list[float])
    others_fell: list[float] = field(default_factory=list[float])
    milliseconds: list[float] = field(default_factory=list[float])
    kinds: Counter[str] = field(default_factory=Counter[str])
    examples: list[str] = field(default_factory=list[str])


def main(arguments: Sequence[str]) -> None:
    """Print a Markdown table for each catalogue."""
    logging.getLogger("neo4j").setLevel(logging.ERROR)
    people = int(arguments[0]) if arguments else PEOPLE
    names = ["bundled", *(["TheCocktailDB"] if DATA.is_dir() else [])]
    for name in names:
        with tempfile.TemporaryDirectory() as home:
            print_counts(name, asyncio.run(run(Path(home), name, people)))


async def run(home: Path, name: str, people: int) -> Counts:
    """Fill a graph, train on it, and look at the reasons of some people."""
    settings = read_settings({**os.environ, "TASTEGRAPH_HOME": str(home)})
    async with open_graph(settings) as (graph, _):
        rejects = home / "rejects.csv"
        if name == "bundled":
            await bundled.prepare(graph, rejects, Silent(), empty=False)
        else:
            await bundled.prepare(graph, rejects, Silent(), empty=True)
            await bundled.import_ingredients(graph, rejects, Silent())
            path, mapping = SETS[name]
            known = load_mapping(mapping)
            await import_folder(
                graph, DATA / path, mapping=known, rejects=rejects, progress=Silent()
            )
            await bundled.import_people(graph, rejects, Silent())
        return await look(graph, people)


async def look(graph: Graph, people: int) -> Counts:
    """Recommend to some people, and take what each reason rests on away."""
    data = await export_graph(graph)
    artefact = (await asyncio.to_thread(retrain, data, TrainingConfig(threads=1))).artefact
    snapshots, counts, draw = SnapshotStore(graph), Counts(), random.Random(7)
    await snapshots.use_model(artefact)
    recommender = Recommender(graph, snapshots, ServiceMetrics())
    for user in draw.sample(sorted(data.users), min(people, len(data.users))):
        recommended = await recommender.recommend(RecommendationRequest(user, FIRST))
        began = time.perf_counter()
        ids = [item.drink.id for item in recommended.items]
        reasons = await find_reasons(graph, recommended.basis, ids)
        counts.milliseconds.append((time.perf_counter() - began) * 1000)
        for drink in ids:
            count(
                counts,
                recommended.basis.snapshot,
                recommended.basis.profile,
                drink,
                reasons[drink][:3],
                draw,
            )
    return counts


def count(
    counts: Counts,
    snapshot: Snapshot,
    profile: Profile,
    drink: str,
    reasons: Sequence[Reason],
    draw: random.Random,
) -> None:
    """Count one drink's reasons, and what becomes of its score without each."""
    counts.drinks += 1
    counts.explained += bool(reasons)
    counts.kinds.update(reason.kind.value for reason in reasons)
    own = [reason for reason in reasons if reason.source]
    counts.personal += bool(own)
    if own and len(counts.examples) < 400:
        name = snapshot.catalogue.drinks[snapshot.catalogue.row_of[drink]].name
        counts.examples.append(f"{name}: {sentence(own[0])}")
    for place, reason in enumerate(own):
        fall = fall_without(snapshot, profile, drink, reason.source or ("", ""))
        counts.fell.append(fall)
        if place == 0:
            counts.strongest_fell.append(fall)
    sources = {reason.source for reason in own}
    others = [
        ("drink", had)
        for had in inferred_taste(profile).taste.drinks
        if ("drink", had) not in sources
    ]
    if own and others:
        other = fall_without(snapshot, profile, drink, draw.choice(others))
        counts.others_fell.append(other)


def fall_without(snapshot: Snapshot, profile: Profile, drink: str, source: Source) -> float:
    """Return by how much a drink's score falls if something had never been said or done."""
    kind, name = source
    without = replace(
        profile,
        history=tuple(
            event for event in profile.history if kind != "drink" or event.drink_id != name
        ),
        likes=tuple(like for like in profile.likes if (like.kind, like.id) != source),
    )
    row = snapshot.catalogue.row_of[drink]
    return float(snapshot.scorer.scores(profile)[row] - snapshot.scorer.scores(without)[row])


def print_counts(name: str, counts: Counts) -> None:
    """Print what was counted, and some sentences to read."""
    share = {
        "coverage: drinks with a reason": counts.explained / max(counts.drinks, 1),
        "drinks with a reason of the person's own": counts.personal / max(counts.drinks, 1),
        "score falls without the strongest reason": _share(counts.strongest_fell),
        "score falls without a reason (of up to three)": _share(counts.fell),
        "score falls without another drink of the history": _share(counts.others_fell),
    }
    print(f"## {name}: {counts.drinks:,} drinks\n")
    print("| measure | value |\n|---|---|")
    print("\n".join(f"| {what} | {value:.1%} |" for what, value in share.items()))
    mean = [np.mean(falls) if falls else 0.0 for falls in (counts.fell, counts.others_fell)]
    print(f"| mean fall of a reason against another drink | {mean[0]:.4f} / {mean[1]:.4f} |")
    middle, high = np.quantile(counts.milliseconds, (0.5, 0.95))
    print(f"| reading the reasons of a list, p50 / p95 | {middle:.0f} / {high:.0f} ms |")
    kinds = ", ".join(f"{kind} {number:,}" for kind, number in counts.kinds.most_common())
    print(f"\nKinds: {kinds}\n")
    print("\n".join(f"- {example}" for example in random.Random(1).sample(counts.examples, k=12)))


def _share(falls: Sequence[float]) -> float:
    return float(np.mean([fall > 0 for fall in falls])) if falls else 0.0


if __name__ == "__main__":
    main(sys.argv[1:])
