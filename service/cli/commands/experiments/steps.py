"""Steps of an experiment: drafted, started, ramped, stopped, decided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from embeddings.registry.store import ModelStore
from graph.clock import milliseconds, utc_now
from graph.experiments.exposures import forget_exposures
from graph.experiments.records import ExperimentRecord, change_experiment, experiments
from learning.experiments import lifecycle
from learning.experiments.definition import read_experiment
from learning.experiments.lifecycle import Records, Step
from learning.results.decision import decision_of, decision_page
from learning.results.measuring import Findings, measure
from learning.results.verdict import judge
from service.cli.commands.experiments.printing import print_done
from service.cli.common import json_option, run, settings
from service.opening import open_graph

SHARE = click.FloatRange(0, 1, min_open=True)
Becomes = Callable[[Records, Step], ExperimentRecord]


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option()
def new(file: Path, as_json: bool) -> None:
    """Keep the experiment in a TOML file as a draft; a draft of the same id is replaced."""
    definition = read_experiment(file)
    record = _change(lambda records, step: lifecycle.drafted(records, definition, step), None)
    print_done(record, "is a draft. Start it with tastegraph experiments start", as_json)


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--ramp", default=1.0, show_default=True, type=SHARE, help="The share to begin with.")
@json_option()
def start(id_: str, ramp: float, as_json: bool) -> None:
    """Start a draft: servers assign people to its arms within a second."""

    def started(records: Records, step: Step) -> ExperimentRecord:
        record = lifecycle.started(records, id_, ramp, step)
        for version in sorted(lifecycle.definition_of(record).models):
            ModelStore(settings().models).load(version)
        return record

    record = _change(started, None)
    print_done(record, f"runs on {ramp:.0%} of its people", as_json)


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--to", "share", required=True, type=SHARE, help="The share of its people in it.")
@json_option()
def ramp(id_: str, share: float, as_json: bool) -> None:
    """Take more of its people into a running experiment; nobody changes arms."""
    record = _change(lambda records, step: lifecycle.ramped(records, id_, share, step), None)
    print_done(record, f"runs on {share:.0%} of its people", as_json)


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--note", help="Why, for its history.")
@json_option()
def stop(id_: str, note: str | None, as_json: bool) -> None:
    """Stop a running experiment: every list is as asked for again."""
    record = _change(lambda records, step: lifecycle.stopped(records, id_, step), note)
    print_done(record, "is stopped. Decide with tastegraph experiments decide", as_json)


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--arm", required=True, help="The arm that is kept.")
@click.option("--note", required=True, help="Why, for its history.")
@click.option("--despite", help="Why it should be although the numbers do not say so.")
@click.option(
    "--record",
    "page",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Also write the decision to this file, as Markdown.",
)
@json_option()
def decide(
    id_: str, arm: str, note: str, despite: str | None, page: Path | None, as_json: bool
) -> None:
    """Decide a stopped experiment by what was found, and forget who was in it."""

    async def work() -> tuple[ExperimentRecord, Findings, int]:
        chosen = settings()
        now = milliseconds(utc_now())
        async with open_graph(chosen) as (graph, _):
            before = lifecycle.named(await experiments(graph), id_)
            findings = await measure(graph, before, now)
            definition = lifecycle.definition_of(before)
            verdict = judge(definition, findings)
            decision = decision_of(definition, findings, verdict, arm, despite)
            step = Step(chosen.operator, now, note)
            record = await change_experiment(
                graph, lambda records: lifecycle.decided(records, id_, decision, step)
            )
            return record, findings, await forget_exposures(graph, id_)

    record, findings, forgotten = run(work())
    if page:
        page.write_text(decision_page(record, findings), encoding="utf-8")
    print_done(record, f"is decided: {arm}. {forgotten:,} people are forgotten", as_json)


def _change(becomes: Becomes, note: str | None) -> ExperimentRecord:
    """Do a step, and return what has become of the experiment."""

    async def work() -> ExperimentRecord:
        chosen = settings()
        step = Step(chosen.operator, milliseconds(utc_now()), note)
        async with open_graph(chosen) as (graph, _):
            return await change_experiment(graph, lambda records: becomes(records, step))

    return run(work())
