"""Experiments that tests run: a definition as a file has it, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graph.connection import Graph
from graph.experiments.exposures import expose_people
from graph.experiments.records import ExperimentRecord, RunningExperiment, change_experiment
from graph.people.privacy import erasure_id
from learning.experiments import lifecycle
from learning.experiments.definition import Experiment, experiment_of
from learning.experiments.lifecycle import Step
from tests.support.emptying import ask

HOUR = 3_600_000
DAY = 24 * HOUR
START = 1_793_000_000_000


def definition(id_: str = "diverse-home", **changes: Any) -> Experiment:
    document: dict[str, Any] = {
        "id": id_,
        "hypothesis": "Lists with more variety are opened more",
        "arms": [{"name": "as-is"}, {"name": "diverse", "diversity": 0.5}],
        "metrics": ["click-through", "conversion"],
    }
    return experiment_of({**document, **changes}, id_)


def running(experiment: Experiment, ramp: float = 1.0) -> RunningExperiment:
    document = experiment.model_dump(mode="json", exclude_defaults=True)
    return RunningExperiment(experiment.id, document, 0, experiment.size, ramp)


def step(at: int = START, note: str | None = None) -> Step:
    return Step("anna", at, note)


async def begin(graph: Graph, experiment: Experiment, at: int = START) -> ExperimentRecord:
    """Draft an experiment and start it on everybody of its share."""
    await change_experiment(graph, lambda records: lifecycle.drafted(records, experiment, step(at)))
    return await change_experiment(
        graph, lambda records: lifecycle.started(records, experiment.id, 1.0, step(at))
    )


async def expose(graph: Graph, experiment: str, people: Sequence[tuple[str, str, int]]) -> None:
    """Note exposures: of each its person, arm and moment (epoch ms)."""
    rows = [
        {
            "userId": user,
            "erasureId": erasure_id(user),
            "experimentId": experiment,
            "arm": arm,
            "bucket": 1,
            "at": at,
        }
        for user, arm, at in people
    ]
    await expose_people(graph, rows)


async def write_outcomes(
    graph: Graph, experiment: str, chances: dict[str, dict[str, float]], people: int, days: int
) -> dict[tuple[str, str], int]:
    """Write simulated people who come in evenly over some days, and what they did an hour later.

    `chances` says by arm how likely somebody is to have a `VIEWED` or a `PURCHASED`. Return how
    many had one, by arm and relationship.
    """
    random = np.random.default_rng(11)
    done: dict[tuple[str, str], int] = {}
    await ask(graph, "MERGE (:Drink {id: 'tea', name: 'Tea'}) RETURN 1 AS one")
    for arm, likely in chances.items():
        ids = [f"{arm}-{number}" for number in range(people)]
        moments = [START + number * days * DAY // people for number in range(people)]
        for first in range(0, people, 1_000):
            part = slice(first, first + 1_000)
            rows = [(id_, arm, at) for id_, at in zip(ids[part], moments[part], strict=True)]
            await expose(graph, experiment, rows)
        for relation, chance in likely.items():
            who = np.flatnonzero(random.random(people) < chance).tolist()
            done[arm, relation] = len(who)
            await ask(
                graph,
                "MATCH (drink:Drink {id: 'tea'}) UNWIND $rows AS row "
                "MATCH (user:User {id: row.id}) "
                f"CREATE (user)-[event:{relation} {{eventId: row.id}}]->(drink) "
                "SET event.type = $type, event.at = row.at",
                rows=[{"id": ids[number], "at": moments[number] + HOUR} for number in who],
                type={"VIEWED": "click", "PURCHASED": "purchase"}[relation],
            )
    return done
