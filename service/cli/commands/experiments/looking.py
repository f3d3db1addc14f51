"""Looking at experiments: which there are, and what came of one."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from learning.errors import ExperimentRefused
from learning.experiments import lifecycle
from learning.experiments.definition import read_experiment
from learning.statistics.power import Needed, needed, needed_for_mean
from learning.statistics.sequences import ALPHA
from service.cli.commands.experiments.opened import with_experiments
from service.cli.commands.experiments.printing import document_of, print_findings
from service.cli.common import console, json_option, print_json


@click.command(name="list")
@json_option()
def list_experiments(as_json: bool) -> None:
    """List the experiments, oldest first."""

    records = with_experiments(lambda experiments, _: experiments.all())
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
    """Show an experiment: its verdict, each metric as it stood on every day, its history."""

    shown = with_experiments(lambda experiments, _: experiments.show(id_))
    record, findings, verdict = shown.record, shown.findings, shown.verdict
    if as_json:
        print_json(
            {**document_of(record), "findings": asdict(findings), "verdict": asdict(verdict)}
        )
    else:
        print_findings(record, lifecycle.definition_of(record), findings, verdict)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--baseline",
    required=True,
    type=click.FloatRange(0, min_open=True),
    help="The share of people who do it today, or with --deviation the mean of all people.",
)
@click.option(
    "--deviation",
    type=click.FloatRange(0, min_open=True),
    help="Of a mean, such as revenue: how much people differ (standard deviation).",
)
@click.option("--lift", required=True, type=float, help="The change to be found: 0.05 is 5 % more.")
@click.option("--daily", type=click.IntRange(1), help="People who come in on a day.")
@json_option()
def power(
    file: Path,
    baseline: float,
    deviation: float | None,
    lift: float,
    daily: int | None,
    as_json: bool,
) -> None:
    """Say how many people an experiment needs to find a change 4 times of 5."""
    definition = read_experiment(file)
    control, *others = definition.shares.values()
    plans = [
        needed_by(baseline, deviation, lift, (control, other), len(others)) for other in others
    ]
    # people of the two arms compared are a part of all
    totals = [
        math.ceil(plan.people / (control + other))
        for plan, other in zip(plans, others, strict=True)
    ]
    people, compared = max(totals), max(plan.people for plan in plans)
    days = math.ceil(people / daily) + math.ceil(definition.window_hours / 24) if daily else None
    at_once = max(plan.at_once for plan in plans)
    if as_json:
        print_json(
            {"people": people, "expected_people": compared, "at_once": at_once, "days": days}
        )
        return
    console.print(f"{people:,} people in all arms, looked at whenever you like.")
    console.print(f"Looked at only once, at the end, two arms would need {at_once:,}.")
    if days is not None:
        console.print(f"With {daily:,} people a day that takes {days:,} days, the window included.")
    console.print(f"Put this into the file: expected_people = {compared}")


def needed_by(
    baseline: float, deviation: float | None, lift: float, shares: tuple[float, float], arms: int
) -> Needed:
    """Return the plan for an arm and the control. Raises ExperimentRefused."""
    try:
        alpha = ALPHA / arms
        if deviation is None:
            return needed(baseline, lift, shares, alpha=alpha)
        return needed_for_mean(baseline, deviation, lift, shares, alpha=alpha)
    except ValueError as error:
        raise ExperimentRefused(
            f"{error}.", "Give another --baseline or --lift; of a mean also --deviation."
        ) from error
