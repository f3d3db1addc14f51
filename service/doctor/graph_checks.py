"""What only the graph can tell: engine, schema, catalogue, knowledge, model."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from embeddings.registry.lifecycle import active_model
from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact, ModelError
from graph.catalogue.entities import existing_drinks
from graph.catalogue.expiry import expiring
from graph.catalogue.inventory import load_inventory
from graph.clock import Clock, utc_now
from graph.connection import Graph, Row, connect
from graph.counting import counted
from graph.engine.embedded import running_address
from graph.errors import GraphError
from graph.models.records import RegisteredModel
from graph.schema import SCHEMA_VERSION, schema_files
from service.bundled import knowledge_edition
from service.doctor.change_checks import check_changes
from service.doctor.event_checks import check_events
from service.doctor.finding import Finding, problem, warning, well
from service.doctor.installation import size_of
from service.opening import open_graph
from service.settings import Settings

OLD_DAYS = 90
SOON_DAYS = 30
FEWEST_KNOWN = 0.5
LONG_SECONDS = 20.0


async def check_graph(
    settings: Settings, *, start: bool = False, clock: Clock = utc_now
) -> list[Finding]:
    """Inspect the graph; with `start`, start the embedded engine if none is running."""
    folder = settings.home / "graph"
    embedded = settings.neo4j is None
    if embedded and not start and running_address(folder) is None:
        return [_asleep(settings)]
    try:
        async with _opened(settings, start=start) as graph:
            agent = await graph.check()
            kind = "The embedded engine" if embedded else "The graph server"
            where = "" if settings.neo4j is None else f" at {settings.neo4j.uri}"
            findings = [well("engine", f"{kind}{where} answers: {agent}.")]
            row = await load_inventory(graph, LONG_SECONDS)
            findings += await check_contents(graph, settings, row, clock())
            if row:
                findings.append(await _model(graph, settings, row["drinks"], clock()))
                findings.append(await check_events(graph, settings, clock()))
            return findings
    except GraphError as error:
        advice = error.advice or "See docs/errors.md."
        return [problem("engine", error.message, advice)]


@asynccontextmanager
async def _opened(settings: Settings, *, start: bool) -> AsyncGenerator[Graph]:
    """Yield the graph as it is; a running engine is asked without a lease, which is a file."""
    address = settings.neo4j or running_address(settings.home / "graph")
    if address is None or (start and settings.neo4j is None):
        async with open_graph(settings, prepare=False) as (graph, _):
            yield graph
    else:
        async with connect(address, deadline=min(settings.deadline, 10.0)) as graph:
            yield graph


def _asleep(settings: Settings) -> Finding:
    files = settings.home / "graph" / "files"
    if not files.is_dir():
        return warning("engine", "There is no graph yet.", "Create one: tastegraph serve.")
    size = f"{size_of(files) / 1e6:,.0f} MB"
    return warning(
        "engine",
        f"The embedded engine is not running; its graph exists ({size}) but was not inspected.",
        "To look inside: tastegraph doctor --start, or run it while tastegraph serve runs.",
    )


async def check_contents(
    graph: Graph, settings: Settings, row: Row | None, now: datetime
) -> list[Finding]:
    """Check schema, catalogue, knowledge, and what a shop's database changes. Raises GraphError.

    `row` is the graph's inventory, None if it is empty.
    """
    schema = _schema(await graph.run(SCHEMA_VERSION))
    if row is None:
        return [schema, warning("catalogue", "The graph is empty.", "Fill it: tastegraph serve.")]
    findings = [schema, _catalogue(row), _knowledge(row), *await check_changes(graph, settings)]
    if settings.shelf_life:
        findings.append(await _shelf_life(graph, settings.shelf_life, now))
    return findings


def _schema(rows: list[Row]) -> Finding:
    newest = max(schema_files())
    version = int(rows[0]["version"]) if rows else 0
    if version > newest:
        advice = "Install the newer Tastegraph, or use another graph for this one."
        return problem("schema", f"The graph has schema {version}, newer than {newest}.", advice)
    if version < newest:
        advice = "The next command that opens the graph brings it up to date."
        return warning("schema", f"The graph has schema {version}; the newest is {newest}.", advice)
    return well("schema", f"Schema {version}, the newest.")


def _catalogue(row: Row) -> Finding:
    message = (
        f"Version {row['version']}: {counted(row['drinks'], 'drink')}, "
        f"{counted(row['ingredients'], 'ingredient')}, {counted(row['allergens'], 'allergen')}, "
        f"{counted(row['people'], 'person', 'people')}."
    )
    if not row["drinks"]:
        return warning("catalogue", message, "Import drinks: tastegraph import PATH.")
    if row["unreviewed"]:
        unreviewed = counted(row["unreviewed"], "ingredient is", "ingredients are")
        message += f" {unreviewed} not reviewed, so not safe: see tastegraph review."
    return well("catalogue", message)


def _knowledge(row: Row) -> Finding:
    newest, edition = knowledge_edition(), row["knowledge"]
    if edition == newest:
        return well("knowledge", f"Edition {edition}, which this Tastegraph brings.")
    advice = "Import it: tastegraph knowledge. None of your own data is lost."
    if edition is None:
        return warning("knowledge", "The graph does not say which edition it has.", advice)
    at = row["knowledgeAt"]
    return warning("knowledge", f"Edition {edition} of {at}; this Tastegraph has {newest}.", advice)


async def _shelf_life(graph: Graph, days: int, now: datetime) -> Finding:
    soon = await expiring(graph, days, now + timedelta(days=SOON_DAYS))
    message = (
        f"{counted(soon.statements, 'declaration')} of absence and "
        f"{counted(soon.reviews, 'review')} that count now are older than {days} days, or will be "
        f"within {SOON_DAYS} days."
    )
    if soon.statements or soon.reviews:
        advice = "Have them stated again with a later date: see docs/safety.md."
        return warning("shelf life", message, advice)
    return well("shelf life", message)


async def _model(graph: Graph, settings: Settings, drinks: int, now: datetime) -> Finding:
    active = await active_model(graph)
    if active is None:
        return judged_model(None, 0, drinks, now)
    try:
        artefact = ModelStore(settings.models).load(active.version)
    except (ModelError, ValueError) as error:
        advice = "Restore the files, or run tastegraph models rollback or tastegraph retrain."
        return problem("model", f"Model {active.version} cannot be read: {error}.", advice)
    return judged_model(active, await _known(graph, artefact), drinks, now)


def judged_model(active: RegisteredModel | None, known: int, drinks: int, now: datetime) -> Finding:
    """Judge the active model, which knows so many of the drinks."""
    if active is None:
        return warning(
            "model",
            "No model is active: lists are ranked by popularity.",
            "Train: tastegraph retrain.",
        )
    days = _days_between(active.trained_at, now)
    message = (
        f"Model {active.version} knows {known:,} of {counted(drinks, 'drink')}; trained "
        f"{counted(days, 'day')} ago."
    )
    if active.stale_since:
        message += f" It is stale: {active.stale_why}."
        return warning("model", message, "Let tastegraph learn run, or tastegraph retrain.")
    if known < FEWEST_KNOWN * drinks or days > OLD_DAYS:
        return warning("model", message, "Retrain: tastegraph retrain.")
    return well("model", message)


async def _known(graph: Graph, artefact: ModelArtefact) -> int:
    return len(await existing_drinks(graph, artefact.drinks, LONG_SECONDS))


def _days_between(text: str, now: datetime) -> int:
    moment = datetime.fromisoformat(text)
    return (now - (moment if moment.tzinfo else moment.replace(tzinfo=UTC))).days
