"""The command `tastegraph`: what an operator does, one verb each."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import math
import os
import sys
from collections.abc import Coroutine
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click
from rich.console import Console
from rich.text import Text

from embeddings import lifecycle
from embeddings.artefact import ModelError
from embeddings.export import export_graph
from embeddings.holdout import evaluate_holdout, read_holdout
from embeddings.registry import ModelStore
from graph.errors import TastegraphError
from graph.importing import ImportSummary, bundled_mappings, import_folder, load_mapping
from service import bundled, generate, tables
from service.assembly import local_key, open_graph
from service.auth import MOST_USER_ID
from service.progress import Bars
from service.server import STOPPED
from service.server import serve as serve_forever
from service.settings import Settings, read_settings

FAILED, REJECTED, REFUSED = 1, 3, 4

T = TypeVar("T")
console = Console(stderr=True, soft_wrap=True, markup=False, emoji=False)


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


def fail(message: str) -> NoReturn:
    """Say what went wrong and end."""
    console.print(Text("Error:", style="red"), message, highlight=False)
    sys.exit(FAILED)


def settings() -> Settings:
    """Return the settings of the environment."""
    return read_settings(os.environ)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Return what the work returns."""
    return asyncio.run(work)


@click.group(help="Drink recommendations that are safe for the person who gets them.")
@click.version_option(package_name="tastegraph")
def tastegraph() -> None:
    """Group the commands."""


@tastegraph.command()
@click.option("--empty", is_flag=True, help="Start without the bundled data, for your own.")
def serve(empty: bool) -> None:
    """Serve the API; fill a new graph and train a first model before."""
    sys.exit(serve_forever(settings(), console, empty=empty))


@tastegraph.command(name="import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--mapping", help="How to read foreign tables: a bundled name or a TOML file.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Where rejected rows go.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
def import_(path: Path, mapping: str | None, rejects: Path | None, as_json: bool) -> None:
    """Import the tables in a folder: drinks, recipes, ingredients, evidence, users, interactions.

    Ends with 3 if rows were rejected; the rejects file says which and why.
    """
    summary = run(_import(path, mapping, rejects or Path(f"{path.name or 'import'}-rejects.csv")))
    if as_json:
        click.echo(json.dumps(tables.summary_as_dict(summary), indent=2))
    else:
        tables.print_summary(console, summary)
    sys.exit(REJECTED if summary.rejected else 0)


async def _import(path: Path, mapping: str | None, rejects: Path) -> ImportSummary:
    how = load_mapping(_mapping(mapping)) if mapping else None
    chosen = settings()
    async with open_graph(chosen) as (graph, _):
        with Bars(console) as bars:
            await bundled.prepare(graph, rejects, bars, empty=True)
            return await import_folder(graph, path, mapping=how, rejects=rejects, progress=bars)


def _mapping(name: str) -> Path | str:
    return name if name in bundled_mappings() else Path(name)


@tastegraph.command()
def knowledge() -> None:
    """Import the bundled ingredients and their evidence, without the bundled drinks."""

    async def work() -> None:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            with Bars(console) as bars:
                rejects = chosen.home / "rejects" / "knowledge.csv"
                await bundled.prepare(graph, rejects, bars, empty=True)
                await bundled.import_ingredients(graph, rejects, bars)

    run(work())


@tastegraph.command()
@click.option("--seed", default=0, show_default=True, help="The same seed, the same model.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
def retrain(seed: int, as_json: bool) -> None:
    """Train a model on the graph; it becomes active if it passes the gate.

    Ends with 4 if the model was refused.
    """
    if find_spec("torch") is None:
        fail("Training needs torch, which is not installed here. Run scripts/setup train.")
    from embeddings.training import TrainingFailed
    from service.retraining import Outcome
    from service.retraining import retrain as train

    async def work() -> Outcome:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            with Bars(console) as bars:
                return await train(graph, ModelStore(chosen.models), seed, bars.show)

    try:
        outcome = run(work())
    except TrainingFailed as error:
        fail(f"No model was trained: {error}")
    if as_json:
        report = {
            "version": outcome.artefact.version,
            "promoted": outcome.promoted,
            "reason": outcome.reason,
            "metrics": outcome.artefact.metrics,
        }
        click.echo(json.dumps(report, indent=2))
    else:
        tables.print_comparison(console, outcome.artefact.metrics)
        state = "active" if outcome.promoted else "refused"
        console.print(f"Model {outcome.artefact.version} is {state}: {outcome.reason}.")
    sys.exit(0 if outcome.promoted else REFUSED)


@tastegraph.command()
@click.option("--holdout", type=click.Path(path_type=Path), required=True, help="user_id,drink_id")
@click.option("--at", "k", default=20, show_default=True, type=click.IntRange(1, 1000))
@click.option("--report", type=click.Path(path_type=Path), help="Write the report as JSON.")
def evaluate(holdout: Path, k: int, report: Path | None) -> None:
    """Measure the active model on held-out choices: full ranking, all known drinks masked."""
    pairs = read_holdout(holdout)

    async def work() -> Any:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            version = await lifecycle.active_version(graph)
            if version is None:
                fail("There is no active model. Train one: tastegraph retrain.")
            artefact = ModelStore(chosen.models).load(version)
            return evaluate_holdout(artefact, await export_graph(graph), pairs, k)

    found = run(work())
    table = {"model": found.model, **found.baselines}
    plain = {name: dataclasses.asdict(metrics) for name, metrics in table.items()}
    if report:
        document = {
            "model_version": found.version,
            **plain["model"],
            "baselines": {name: row for name, row in plain.items() if name != "model"},
            "unknown_drinks": found.unknown_drinks,
            "unknown_users": found.unknown_users,
        }
        report.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    tables.print_comparison(console, plain)


@tastegraph.group()
def models() -> None:
    """See, promote and roll back models."""


@models.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_models(as_json: bool) -> None:
    """List every model, newest first."""

    async def work() -> list[lifecycle.RegisteredModel]:
        async with open_graph(settings()) as (graph, _):
            return await lifecycle.models(graph)

    found = run(work())
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(one) for one in found], indent=2))
    else:
        tables.print_models(console, found)


@models.command()
@click.argument("version")
def show(version: str) -> None:
    """Show one model as JSON."""

    async def work() -> list[lifecycle.RegisteredModel]:
        async with open_graph(settings()) as (graph, _):
            return await lifecycle.models(graph)

    for one in run(work()):
        if one.version == version:
            click.echo(json.dumps(dataclasses.asdict(one), indent=2))
            return
    fail(f"There is no model {version}. See tastegraph models list.")


@models.command()
@click.argument("version")
def promote(version: str) -> None:
    """Make a model the one that ranks; running servers take it within a second."""
    run(_promote(version))
    console.print(f"Model {version} is active.")


@models.command()
def rollback() -> None:
    """Go back to the model that was active before."""

    async def work() -> str:
        async with open_graph(settings()) as (graph, _):
            return await lifecycle.previous_version(graph)

    version = run(work())
    run(_promote(version))
    console.print(f"Model {version} is active again.")


async def _promote(version: str) -> None:
    chosen = settings()
    async with open_graph(chosen) as (graph, _):
        known = {one.version for one in await lifecycle.models(graph)}
        if version not in known:
            fail(f"There is no model {version}. See tastegraph models list.")
        await lifecycle.activate(graph, ModelStore(chosen.models).load(version))


@tastegraph.command()
@click.argument("user_id")
@click.option(
    "--hours",
    type=click.FloatRange(0, 24 * 3660, min_open=True),
    default=24.0,
    show_default=True,
    help="How long it is good for.",
)
def token(user_id: str, hours: float) -> None:
    """Print a token for a person, signed with this installation's own key."""
    chosen = settings()
    if chosen.jwks_url:
        fail("TASTEGRAPH_JWKS_URL is set: only the tokens of that identity provider are taken.")
    if math.isnan(hours):
        raise click.BadParameter("it is no number", param_hint="--hours")
    if not 1 <= len(user_id) <= MOST_USER_ID:
        fail(f"A user id has 1 to {MOST_USER_ID} characters.")
    click.echo(local_key(chosen.home).issue(user_id, int(hours * 3600)))


@tastegraph.command(name="generate")
@click.option("--check", is_flag=True, help="Only say whether they are fresh.")
def generate_files(check: bool) -> None:
    """Make the files that are made from the code: the query index and the GraphQL schema."""
    stale = [
        path
        for path, text in generate.generated().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if check and stale:
        fail(f"Not fresh: {', '.join(path.name for path in stale)}. Run tastegraph generate.")
    for path in stale:
        path.write_text(generate.generated()[path], encoding="utf-8")


if __name__ == "__main__":
    main()
