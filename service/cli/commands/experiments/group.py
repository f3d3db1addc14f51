"""The group of the commands of experiments."""

from __future__ import annotations

import click

from service.cli.commands.experiments.interleaved import interleaved
from service.cli.commands.experiments.looking import list_experiments, power, show
from service.cli.commands.experiments.replay import replay
from service.cli.commands.experiments.steps import decide, new, ramp, start, stop


@click.group()
def experiments() -> None:
    """Try two rankings on people at random, see what came of it, and decide."""


for command in (new, power, list_experiments, show, start, ramp, stop, decide, replay, interleaved):
    experiments.add_command(command)
