"""The commands in sections, described without loading any: only the one called is loaded."""

from __future__ import annotations

import importlib
from typing import NamedTuple

import click
from click.shell_completion import CompletionItem


class Entry(NamedTuple):
    """Where a command is: its module below service.commands, its name there, what it does."""

    module: str
    attribute: str
    summary: str


SECTIONS: dict[str, dict[str, Entry]] = {
    "Run it": {
        "serve": Entry(
            "serving", "serve", "Serve the API; first fill a new graph and train a first model."
        ),
        "stream": Entry(
            "streams.stream",
            "stream",
            "Write events of the log to the graph apart from the server; replay them.",
        ),
        "webhooks": Entry(
            "streams.webhooks",
            "webhooks",
            "Tell other systems what happens, by signed HTTP requests.",
        ),
        "doctor": Entry("doctor", "doctor", "Check the installation, and say what to do."),
        "backup": Entry(
            "backup",
            "backup",
            "Back up the embedded graph while it serves, verify a backup, restore one.",
        ),
        "token": Entry(
            "tokens",
            "token",
            "Print a token for a person, signed with this installation's own key.",
        ),
        "keys": Entry(
            "trust.api_keys",
            "keys",
            "Give programs, such as tills, keys for the API, and take them back.",
        ),
        "documents": Entry(
            "documents",
            "trust_documents",
            "Check operations against the schema, and write them as trusted documents.",
        ),
    },
    "Fill the graph": {
        "import": Entry(
            "importing",
            "import_",
            "Import the tables in a folder: drinks, recipes, ingredients, evidence, users, "
            "interactions.",
        ),
        "knowledge": Entry(
            "importing",
            "knowledge",
            "Import the bundled law, ingredients, evidence and diets, without the bundled drinks.",
        ),
        "changes": Entry(
            "streams.changes",
            "changes",
            "Follow a shop's own database: see how far, and check a mapping.",
        ),
        "resolve": Entry(
            "recognition",
            "resolve",
            "Say which ingredients a line of a recipe names, and how; suggest some if it names "
            "none.",
        ),
        "label": Entry(
            "recognition",
            "label",
            "Say what a label says about allergens and ingredients, and what was not understood.",
        ),
    },
    "Keep it safe": {
        "review": Entry(
            "review", "review", "See which ingredients nobody has reviewed, and decide about them."
        ),
        "recall": Entry(
            "recall",
            "recall",
            "Show which drinks and how many people a recall affects, and apply it.",
        ),
        "duplicates": Entry(
            "merging",
            "duplicates",
            "List drinks or people that may be duplicates, each pair with the reason.",
        ),
        "merge": Entry(
            "merging",
            "merge",
            "Merge two that are the same, and undo a merge.",
        ),
        "history": Entry(
            "history",
            "history",
            "Show every recorded change to a drink and to all that is or was in it, newest first.",
        ),
    },
    "Serve people's rights": {
        "privacy": Entry(
            "privacy",
            "privacy",
            "Show, record, export or erase what is kept about a person and what they agree to.",
        ),
        "audit": Entry(
            "trust.audit",
            "audit",
            "Show, verify and prove the record of who did what to whose data.",
        ),
        "approvals": Entry(
            "trust.approvals",
            "approvals",
            "Show what was proposed to be done by two people, and approve it as the second.",
        ),
    },
    "Learn from it": {
        "retrain": Entry(
            "training",
            "retrain",
            "Train a model on the graph; it becomes active if it passes the gate.",
        ),
        "learn": Entry(
            "training",
            "learn",
            "Train when it is time, try the model on few people, and promote it or roll back.",
        ),
        "evaluate": Entry(
            "training",
            "evaluate",
            "Measure the active model on held-out choices: full ranking, all known drinks masked.",
        ),
        "models": Entry("models", "models", "See, compare, promote, roll back and prune models."),
        "experiments": Entry(
            "experiments.group",
            "experiments",
            "Try two rankings on people at random, see what came of it, and decide.",
        ),
        "segments": Entry(
            "audience.segments",
            "segments",
            "Group people by what they buy: by rules, communities and RFM; never by allergy.",
        ),
        "earned": Entry(
            "experiments.earned",
            "earned",
            "Say what was opened, bought and paid from recommended lists.",
        ),
        "triggers": Entry(
            "audience.triggers",
            "triggers",
            "Rules that act when something happens: try them before they do.",
        ),
        "context": Entry(
            "context",
            "context",
            "Show how much likelier each context makes purchases, and which the service uses.",
        ),
    },
    "Look at it": {
        "query": Entry(
            "query",
            "query",
            "Ask the graph a question: by its name, or from a .cypher file of your own.",
        ),
        "export": Entry(
            "exporting",
            "export",
            "Write the graph for networkx, Gephi (graphml), pandas (parquet) or a spreadsheet "
            "(csv).",
        ),
        "warehouse": Entry(
            "warehouse.sync",
            "warehouse",
            "Write events, impressions, the catalogue and models as Delta tables for other tools.",
        ),
        "map": Entry(
            "reports",
            "draw_map",
            "Draw every drink on a plane, similar ones near each other: a page to view offline.",
        ),
        "report": Entry(
            "reports",
            "report",
            "Report on a model's training: curves, comparison, checks, slices, neighbours, the "
            "graph.",
        ),
        "neighbours": Entry(
            "reports",
            "neighbours",
            "Print the nearest drinks to some, by id or name; to ten well-known ones if none is "
            "named.",
        ),
    },
    "For your shell, and for developers": {
        "completion": Entry(
            "completion",
            "completion",
            "Print the script that makes a shell complete these commands.",
        ),
        "generate": Entry(
            "generating",
            "generate_files",
            "Generate the files made from the code: query index, event schemas, GraphQL schema.",
        ),
    },
}
ENTRIES = {name: entry for section in SECTIONS.values() for name, entry in section.items()}


class SectionedGroup(click.Group):
    """The commands by section; only the one called is loaded, so each starts quickly."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of the sections, not sorted, without loading any command."""
        return list(ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loaded now; None if there is none of that name."""
        if cmd_name not in ENTRIES:
            return None
        entry = ENTRIES[cmd_name]
        module = importlib.import_module(f"service.cli.commands.{entry.module}")
        command: click.Command = getattr(module, entry.attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one list for each section."""
        widest = max(map(len, ENTRIES))
        for title, section in SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(widest), entry.summary) for name, entry in section.items()]
                )

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Return the commands that begin with a text, without loading them."""
        items = [
            CompletionItem(name, help=entry.summary)
            for name, entry in ENTRIES.items()
            if name.startswith(incomplete)
        ]
        return items + click.Command.shell_complete(self, ctx, incomplete)
