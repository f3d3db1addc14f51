"""Checking the installation."""

from __future__ import annotations

import os
import sys
from dataclasses import asdict

import click
from rich.console import Console
from rich.text import Text

from graph.counting import counted
from service.cli.common import console, json_option, print_json, run
from service.cli.exit_statuses import FAILED
from service.doctor import installation
from service.doctor.finding import Finding, State
from service.settings import Settings

COLOURS = {State.OK: "green", State.WARNING: "yellow", State.PROBLEM: "red"}


@click.command()
@click.option(
    "--start", is_flag=True, help="Start the embedded engine if it is not running, to look inside."
)
@json_option()
def doctor(start: bool, as_json: bool) -> None:
    """Check the installation, and say what to do.

    Nothing is written. Ends with 1 if there is a problem; warnings do not count.
    """
    examined = _examine(start)
    healthy = all(finding.state is not State.PROBLEM for finding in examined)
    if as_json:
        findings = [{**asdict(finding), "state": finding.state.value} for finding in examined]
        print_json({"healthy": healthy, "findings": findings})
    else:
        print_findings(console, examined)
    sys.exit(0 if healthy else FAILED)


def _examine(start: bool) -> list[Finding]:
    first, settings = installation.check_settings(os.environ)
    findings = [first, installation.check_python(), installation.check_packages()]
    return findings if settings is None else findings + _of_settings(settings, start)


def _of_settings(settings: Settings, start: bool) -> list[Finding]:
    from service.doctor.graph_checks import check_graph  # the driver and numpy with it

    return [
        installation.check_home(settings),
        *run(check_graph(settings, start=start)),
        installation.check_tokens(settings),
        installation.check_port(settings),
    ]


def print_findings(to: Console, findings: list[Finding]) -> None:
    """Print a line for each finding, with what to do below it, and a last line that sums up."""
    for finding in findings:
        state = Text(f"{finding.state.value:<8}", style=COLOURS[finding.state])
        to.print(state, f"{finding.check:<10}", finding.message, highlight=False)
        if finding.advice:
            to.print(f"{'':<20}{finding.advice}", highlight=False)
    count = {state: sum(finding.state is state for finding in findings) for state in State}
    to.print(
        f"{counted(count[State.PROBLEM], 'problem')}, {counted(count[State.WARNING], 'warning')}, "
        f"{counted(count[State.OK], 'check')} passed."
    )
