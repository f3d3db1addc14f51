"""Training a model and measuring one."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from embeddings.data.export import export_graph
from embeddings.evaluation.holdout import evaluate_holdout, read_holdout
from embeddings.registry.store import ModelStore
from graph.models.active import active_version
from learning.operations import Experiments
from service.cli.common import console, fail, json_option, print_json, run, settings, until_told
from service.cli.exit_statuses import REFUSED
from service.cli.output import tables
from service.cli.output.progress import Bars
from service.cli.output.writing import write_json
from service.opening import open_graph


@click.command()
@click.option("--seed", default=0, show_default=True, help="The same seed, the same model.")
@click.option("--from-scratch", is_flag=True, help="Do not start from the active model's vectors.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def retrain(seed: int, from_scratch: bool, as_json: bool) -> None:
    """Train a model on the graph; it becomes active if it passes the gate.

    An interrupted run resumes where it stopped. Under torchrun, all workers train together. Ends
    with 4 if the model was refused.
    """
    _need_torch()
    from embeddings.training.content.trainer import TrainingFailed
    from embeddings.training.workers.worker_group import ProcessGroup
    from service.training.retrain import Retrained, RetrainOptions
    from service.training.retrain import retrain as train
    from service.training.torchrun import workers_of

    workers = workers_of(os.environ)
    if isinstance(workers, ProcessGroup) and workers.rank:
        workers.serve()
        return

    async def work() -> Retrained:
        chosen = settings()
        options = RetrainOptions(seed, chosen.operator, workers, from_scratch, chosen.keep_models)
        async with open_graph(chosen) as (graph, _):
            with Bars(console) as bars:
                return await train(graph, ModelStore(chosen.models), options, bars.show)

    try:
        retrained = run(work())
    except TrainingFailed as error:
        fail(f"No model was trained: {error}")
    artefact, decision = retrained.artefact, retrained.decision
    if as_json:
        report = {
            "version": artefact.version,
            "promoted": decision.passed,
            "reason": decision.reason,
            "checks": decision.plain(),
            "metrics": artefact.metrics,
        }
        print_json(report)
    else:
        tables.print_comparison(console, artefact.metrics)
        tables.print_checks(console, decision.plain())
        state = "active" if decision.passed else "refused"
        console.print(f"Model {artefact.version} is {state}: {decision.reason}.")
    sys.exit(0 if decision.passed else REFUSED)


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@click.option(
    "--every", default=10.0, show_default=True, type=click.FloatRange(0.1), help="Minutes."
)
@click.option(
    "--events", type=click.IntRange(1), help="How many new ones are enough; default a twentieth."
)
@click.option(
    "--step-hours",
    "hours",
    default=24.0,
    show_default=True,
    type=click.FloatRange(0),
    help="How long each share of people lasts.",
)
@json_option("Print the steps of each round as JSON.")
def learn(once: bool, every: float, events: int | None, hours: float, as_json: bool) -> None:
    """Train when it is time, try the model on few people, and promote it or roll back.

    It is time when enough is new, or what people choose has changed.

    Goes on until told to stop; another process may go on where this one ended.
    """
    _need_torch()
    from embeddings.training.workers.worker_group import WorkerGroup
    from service.background.event_stream import open_stream
    from service.metrics import ServiceMetrics
    from service.training.drift import DriftWatch
    from service.training.learning import Learner, LearningPlan, go_on
    from service.training.retrain import Retrained, RetrainOptions
    from service.training.retrain import retrain as train

    async def work() -> None:
        chosen = settings()
        store = ModelStore(chosen.models)
        async with (
            open_graph(chosen) as (graph, _),
            open_stream(chosen, graph, ServiceMetrics()) as stream,
        ):

            async def trained(activate: bool) -> Retrained:
                options = RetrainOptions(
                    0, chosen.operator, WorkerGroup(), False, chosen.keep_models, activate
                )
                with Bars(console) as bars:
                    return await train(graph, store, options, bars.show)

            experiments = Experiments(graph, store.load)
            plan = LearningPlan(events, hours)
            drift = DriftWatch(stream).look
            learner = Learner(
                graph, store, experiments, trained, plan, chosen.operator, drift=drift
            )
            if once:
                say(await learner.round())
            else:
                with until_told():
                    await go_on(learner, every * 60, say)

    def say(steps: Sequence[str]) -> None:
        if as_json:
            print_json({"steps": steps})
            return
        for step in steps or (["Nothing is due."] if once else []):
            console.print(step)

    run(work())


def _need_torch() -> None:
    if find_spec("torch") is None:
        fail("Training needs torch, which is not installed here. Run scripts/setup train.")


@click.command()
@click.option("--holdout", type=click.Path(path_type=Path), required=True, help="user_id,drink_id")
@click.option("--at", "k", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--report", type=click.Path(path_type=Path), help="Write the report as JSON.")
@json_option("Print the report as JSON.")
def evaluate(holdout: Path, k: int, report: Path | None, as_json: bool) -> None:
    """Measure the active model on held-out choices: full ranking, all known drinks masked."""
    pairs = read_holdout(holdout)

    async def work() -> Any:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            version = await active_version(graph)
            if version is None:
                fail("There is no active model. Train one: tastegraph retrain.")
            artefact = ModelStore(chosen.models).load(version)
            with Bars(console) as bars:
                with bars.step("reading the graph"):
                    known = await export_graph(graph)
                with bars.step("measuring"):
                    return evaluate_holdout(artefact, known, pairs, k)

    measured = run(work())
    table = {"model": measured.model, **measured.baselines}
    plain = {name: dataclasses.asdict(metrics) for name, metrics in table.items()}
    document = {
        "model_version": measured.version,
        **plain["model"],
        "baselines": {name: row for name, row in plain.items() if name != "model"},
        "unknown_drinks": measured.unknown_drinks,
        "unknown_users": measured.unknown_users,
    }
    if report:
        write_json(report, document)
    if as_json:
        print_json(document)
    else:
        tables.print_comparison(console, plain)
