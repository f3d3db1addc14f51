"""The command `tastegraph`: what an operator does, one verb each."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import NoReturn

import click

from graph.errors import TastegraphError
from service.cli.common import console, fail
from service.cli.exit_statuses import FAILED, STOPPED
from service.cli.output.terminal import log_legibly
from service.cli.sections import SectionedGroup


def main() -> None:
    """Run the command."""
    log_legibly()
    end_clearly(partial(tastegraph, standalone_mode=False))


def end_clearly(command: Callable[[], object]) -> NoReturn:
    """Run a command and end; every error that a user can fix ends in one clear line."""
    try:
        status = command()
    except TastegraphError as error:
        fail(str(error))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        console.print("Stopped.")
        sys.exit(STOPPED)
    except BrokenPipeError:
        # the reader of the output has had enough; the rest has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except OSError as error:
        fail(f"{error.filename or 'A file'}: {error.strerror or error}.")
    except Exception as error:
        if not _is_about_a_model(error):
            raise
        fail(str(error))
    sys.exit(status if isinstance(status, int) else 0)


def _is_about_a_model(error: Exception) -> bool:
    """Return whether it is a ModelError, whose module only commands about models have loaded."""
    module = sys.modules.get("embeddings.serving.artefact")
    return module is not None and isinstance(error, module.ModelError)


@click.group(
    cls=SectionedGroup,
    help="Drink recommendations that are safe for the person who gets them.",
    epilog="Start with `tastegraph serve`. If something is wrong, try `tastegraph doctor`.",
)
@click.version_option(package_name="tastegraph")
def tastegraph() -> None:
    """Group the commands."""


if __name__ == "__main__":
    main()
