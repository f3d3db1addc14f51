"""Looking at experiments: which there are, and what came of one."""

from __future__ import annotations

import click
from rich.table import Table

from graph.experiments.exposures import exposed_people
from graph.experiments.records import ExperimentRecord
from graph.experiments.records import experiments as all_experiments
from learning.experiments import lifecycle
from service.cli.commands.experiments.printing import document_of
from service.cli.common import console, json_option, print_json, run, settings
from service.opening import open_graph


@click.command(name="list")
@json_option()
def list_experiments(as_json: bool) -> None:
    """List the experiments, oldest first."""

    async def work() -> list[ExperimentRecord]:
        async with open_graph(settings()) as (graph, _):
            return await all_experiments(graph)

    records = run(work())
    if as_json:
        print_json([document_of(record) for record in records])
        return
    table = Table("id", "state", "layer", "people", "arms", "hypothesis")
    for record in records:
        definition = lifecycle.definition_of(record)
        people = f"{definition.share * record.ramp:.0%}" if record.ramp else "-"
        arms = ", ".join(arm.name for arm in definition.arms)
        table.add_row(
            record.id, record.state, definition.layer, people, arms, definition.hypothesis
        )
    console.print(table if records else "No experiments.")


@click.command()
@click.argument("id_", metavar="ID")
@json_option()
def show(id_: str, as_json: bool) -> None:
    """Show an experiment: its arms, how many people are in each, and its history."""

    async def work() -> tuple[ExperimentRecord, dict[str, int]]:
        async with open_graph(settings()) as (graph, _):
            record = lifecycle.named(await all_experiments(graph), id_)
            people = dict.fromkeys(lifecycle.definition_of(record).shares, 0)
            for arm_day in await exposed_people(graph, id_, record.started_at or 0):
                people[arm_day.arm] += arm_day.people
            return record, people

    record, people = run(work())
    if as_json:
        print_json({**document_of(record), "people": people})
        return
    definition = lifecycle.definition_of(record)
    console.print(f"{record.id} is {record.state}: {definition.hypothesis}")
    table = Table("arm", "share", "people")
    for arm, share in definition.shares.items():
        table.add_row(arm, f"{share:.1%}", f"{people[arm]:,}")
    console.print(table)
    for line in record.history:
        console.print(f"{line['at']} {line['state']} by {line['by']}: {line.get('note', '')}")
