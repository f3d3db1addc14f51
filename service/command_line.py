"""The command `tastegraph`: what an operator does, one verb each."""

from __future__ import annotations

import importlib
import logging
import os
import sys

import click

from embeddings.artefact import ModelError
from graph.errors import TastegraphError
from service.commands.shared import console, fail
from service.exit_statuses import FAILED, STOPPED

CHAPTERS = {
    "Run it": {
        "serve": ("serving", "serve"),
        "token": ("tokens", "token"),
    },
    "Fill the graph": {
        "import": ("importing", "import_"),
        "knowledge": ("importing", "knowledge"),
        "resolve": ("recognition", "resolve"),
        "label": ("recognition", "label"),
    },
    "Keep it safe": {
        "review": ("review", "review"),
        "recall": ("recall", "recall"),
        "history": ("history", "history"),
    },
    "Answer to people": {
        "privacy": ("privacy", "privacy"),
    },
    "Learn from it": {
        "retrain": ("training", "retrain"),
        "evaluate": ("training", "evaluate"),
        "models": ("models", "models"),
        "context": ("context", "context"),
    },
    "Look at it": {
        "query": ("asking", "query"),
        "export": ("exporting", "export"),
        "map": ("looking", "draw_map"),
        "report": ("looking", "report"),
        "neighbours": ("looking", "neighbours"),
    },
    "Change its code": {
        "generate": ("generating", "generate_files"),
    },
}
"""Each command's module below service.commands and its name there, in the order of a story."""


class Story(click.Group):
    """The commands by chapter; only the one that is called is loaded: each starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in order."""
        return [name for chapter in CHAPTERS.values() for name in chapter]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loaded now; None if there is none of that name."""
        places = {name: place for chapter in CHAPTERS.values() for name, place in chapter.items()}
        if cmd_name not in places:
            return None
        module, attribute = places[cmd_name]
        found: click.Command = getattr(
            importlib.import_module(f"service.commands.{module}"), attribute
        )
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one list for each chapter."""
        widest = max(map(len, self.list_commands(ctx)))
        for title, chapter in CHAPTERS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(widest), self._told(ctx, name)) for name in chapter]
                )

    def _told(self, ctx: click.Context, name: str) -> str:
        command = self.get_command(ctx, name)
        return command.get_short_help_str(200) if command else ""


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


@click.group(cls=Story, help="Drink recommendations that are safe for the person who gets them.")
@click.version_option(package_name="tastegraph")
def tastegraph() -> None:
    """Group the commands."""


if __name__ == "__main__":
    main()
