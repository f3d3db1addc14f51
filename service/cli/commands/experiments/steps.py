"""Steps of an experiment: drafted, started, ramped, stopped, decided."""

from __future__ import annotations

from pathlib import Path

import click

from learning.experiments.definition import read_experiment
from learning.results.decision import decision_page
from service.cli.commands.experiments.opened import with_experiments
from service.cli.commands.experiments.printing import print_done
from service.cli.common import json_option

SHARE = click.FloatRange(0, 1, min_open=True)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option()
def new(file: Path, as_json: bool) -> None:
    """Keep the experiment in a TOML file as a draft; a draft of the same id is replaced."""
    definition = read_experiment(file)
    record = with_experiments(lambda experiments, by: experiments.draft(definition, by))
    print_done(record, "is a draft. Start it with tastegraph experiments start", as_json)


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--ramp", default=1.0, show_default=True, type=SHARE, help="The share to begin with.")
@json_option()
def start(id_: str, ramp: float, as_json: bool) -> None:
    """Start a draft: servers assign people to its arms within a second."""

    record = with_experiments(lambda experiments, by: experiments.start(id_, ramp, by))
    print_done(record, f"runs on {ramp:.0%} of its people", as_json)


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--to", "share", required=True, type=SHARE, help="The share of its people in it.")
@json_option()
def ramp(id_: str, share: float, as_json: bool) -> None:
    """Take more of its people into a running experiment; nobody changes arms."""
    record = with_experiments(lambda experiments, by: experiments.ramp(id_, share, by))
    print_done(record, f"runs on {share:.0%} of its people", as_json)


@click.command()
@click.argument("id_", metavar="ID")
@click.option("--arm", help="Only this arm: who has it gets the control's lists.")
@click.option("--note", help="Why, for its history.")
@json_option()
def stop(id_: str, arm: str | None, note: str | None, as_json: bool) -> None:
    """Stop a running experiment: every list is as asked for again."""
    record = with_experiments(lambda experiments, by: experiments.stop(id_, by, note, arm))
    what = (
        f"goes on without {arm}" if arm else "is stopped. Decide with tastegraph experiments decide"
    )
    print_done(record, what, as_json)


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

    decided = with_experiments(
        lambda experiments, by: experiments.decide(id_, arm, by, note, despite)
    )
    if page:
        page.write_text(decision_page(decided.record, decided.findings), encoding="utf-8")
    what = f"is decided: {arm}. {decided.forgotten:,} people are forgotten"
    print_done(decided.record, what, as_json)
