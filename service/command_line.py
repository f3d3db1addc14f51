"""The command `tastegraph`: what an operator does, one verb each."""

from __future__ import annotations

import logging
import os
import sys

import click

from embeddings.artefact import ModelError
from graph.errors import TastegraphError
from service.commands.generating import generate_files
from service.commands.history import history
from service.commands.importing import import_, knowledge
from service.commands.models import models
from service.commands.recall import recall
from service.commands.recognition import label, resolve
from service.commands.review import review
from service.commands.serving import serve
from service.commands.shared import FAILED, console, fail
from service.commands.tokens import token
from service.commands.training import evaluate, retrain
from service.server import STOPPED


def main() -> None:
    """Run the command; every error that a user can mend ends in one clear line."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)
    try:
        status = tastegraph(standalone_mode=False)
    except (TastegraphError, ModelError) as error:
        fail(str(error))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        console.print("Stopped.")
        sys.exit(STOPPED)
    except BrokenPipeError:
        # whoever read the output has enough; what is left to write has nowhere to go
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except OSError as error:
        fail(f"{error.filename or 'A file'}: {error.strerror or error}.")
    sys.exit(status if isinstance(status, int) else 0)


@click.group(help="Drink recommendations that are safe for the person who gets them.")
@click.version_option(package_name="tastegraph")
def tastegraph() -> None:
    """Group the commands."""


for command in (
    serve,
    import_,
    knowledge,
    review,
    recall,
    history,
    retrain,
    evaluate,
    models,
    token,
    resolve,
    label,
    generate_files,
):
    tastegraph.add_command(command)


if __name__ == "__main__":
    main()
