"""Completing commands in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from service.cli.common import fail

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "tastegraph"


@click.command()
@click.argument("shell", metavar="SHELL", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Print the script that makes a shell complete these commands.

    SHELL is bash, zsh or fish.
    """
    shell_completion = get_completion_class(shell)
    if shell_completion is None:
        fail(f"There is no completion for {shell}.")
    root = click.get_current_context().find_root().command
    click.echo(shell_completion(root, {}, PROGRAM, f"_{PROGRAM.upper()}_COMPLETE").source())
