"""The windowed features as jobs of Flink: starting those that do not run, and how they are."""

from __future__ import annotations

from dataclasses import asdict

import click
from rich.table import Table

from service.cli.common import console, json_option, moment_of, print_json, settings
from service.flink_windows import submit_windows, window_jobs

gateway_option = click.option(
    "--gateway", metavar="URL", help="Flink's SQL gateway; default FLINK_SQL_GATEWAY."
)


@click.command()
@gateway_option
@click.option(
    "--from",
    "since",
    help="Since when events count, ISO 8601; default as far back as the windows of now need.",
)
@click.option("--replace", "replacing", is_flag=True, help="Stop what runs, and start it anew.")
@json_option()
def submit(gateway: str | None, since: str | None, replacing: bool, as_json: bool) -> None:
    """Have Flink compute the features: start the jobs that do not run yet."""
    chosen = settings()
    moment = moment_of(since) if since else None
    address = gateway or chosen.flink_gateway
    submissions = submit_windows(chosen, address, moment, replacing=replacing)
    if as_json:
        print_json([{"name": job.name, "started": job.is_new} for job in submissions])
        return
    for job in submissions:
        console.print(f"{job.name}: {'started' if job.is_new else 'runs already'}", highlight=False)


@click.command()
@gateway_option
@json_option()
def jobs(gateway: str | None, as_json: bool) -> None:
    """List the jobs of the features, ended ones too, and how each is."""
    chosen = settings()
    listed = window_jobs(chosen, gateway or chosen.flink_gateway)
    if as_json:
        print_json([asdict(job) for job in listed])
        return
    table = Table("job", "state", "started", "id")
    for job in listed:
        table.add_row(job.name, job.state, job.started, job.id)
    console.print(table if listed else "No jobs: tastegraph stream windows submit starts them.")
