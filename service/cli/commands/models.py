"""Seeing, comparing, promoting, rolling back and pruning models."""

from __future__ import annotations

import dataclasses

import click

from embeddings.registry import lifecycle, retention
from embeddings.registry.part_weights import part_weights
from embeddings.registry.store import ModelStore
from events.audit.entry import Action
from graph.models import records, shadows
from service.cli.audited import on_record
from service.cli.common import console, fail, json_option, print_json, run, settings
from service.cli.output import tables
from service.opening import open_graph


@click.group()
def models() -> None:
    """See, compare, promote, roll back and prune models."""


@models.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def list_models(as_json: bool) -> None:
    """List every model, newest first."""
    registered = run(_models())
    if as_json:
        print_json([dataclasses.asdict(model) for model in registered])
    else:
        tables.print_models(console, registered)


@models.command()
@click.argument("version")
@click.option("--table", "as_table", is_flag=True, help="Print as tables, instead of JSON.")
@json_option("Print as JSON, the default.")
def show(version: str, as_table: bool, as_json: bool) -> None:
    """Show one model: where it comes from, its parts, the gate's checks, its shadow."""
    if as_table and as_json:
        raise click.UsageError("Use either --table or --json.")
    model = _one(run(_models()), version)
    if as_table:
        tables.print_model(console, model)
    else:
        parts = part_weights(model.lineage.get("training", {}))
        print_json(
            {**dataclasses.asdict(model), "parts": [dataclasses.asdict(part) for part in parts]}
        )


@models.command()
@click.argument("version")
@click.option("--despite", help="Why it should rank although the gate refused it.")
@json_option()
def promote(version: str, despite: str | None, as_json: bool) -> None:
    """Make a model the one that ranks; running servers switch to it within a second."""

    async def work() -> None:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            model = _one(await records.models(graph), version)
            lifecycle.check_promotion(model, despite)
            reason = None if model.accepted else despite
            artefact = ModelStore(chosen.models).load(version)
            await on_record(chosen, Action.PROMOTE, "model", version, why=reason)
            await lifecycle.activate(graph, artefact, chosen.operator, reason)

    run(work())
    if as_json:
        print_json({"active": version})
    else:
        console.print(f"Model {version} is active.")


@models.command()
@json_option()
def rollback(as_json: bool) -> None:
    """Go back to the previously active model."""

    async def work() -> str:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            version = await lifecycle.previous_version(graph)
            artefact = ModelStore(chosen.models).load(version)
            despite = _one(await records.models(graph), version).despite
            await on_record(chosen, Action.PROMOTE, "model", version, why=despite)
            await lifecycle.activate(graph, artefact, chosen.operator, despite)
            return version

    version = run(work())
    if as_json:
        print_json({"active": version})
    else:
        console.print(f"Model {version} is active again.")


@models.command()
@click.argument("version", required=False)
@click.option(
    "--share",
    default=0.1,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True),
    help="The share of requests to compare.",
)
@click.option("--stop", is_flag=True, help="Stop comparing.")
@json_option()
def shadow(version: str | None, share: float, stop: bool, as_json: bool) -> None:
    """Compare a model with the active one on real requests; without a version, show the results.

    Nothing the model ranks reaches anybody.
    """
    if stop and version:
        raise click.UsageError("Give either a version or --stop.")
    if version:
        run(_start_shadow(version, share))
        console.print(f"Model {version} is compared with the active one from now on.")
    elif stop:
        stopped = run(_stop_shadow())
        console.print(f"No longer compared: {', '.join(stopped) or 'no model was'}.")
    registered = run(_models())
    if as_json:
        print_json(
            [{"version": model.version, **model.shadow} for model in registered if model.shadow]
        )
    else:
        tables.print_shadows(console, registered)


@models.command()
@click.option(
    "--keep", type=click.IntRange(1), help="How many to keep; default TASTEGRAPH_KEEP_MODELS."
)
@json_option()
def prune(keep: int | None, as_json: bool) -> None:
    """Remove the files of old models, never those of the active one and the one before."""

    async def work() -> list[str]:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            store = ModelStore(chosen.models)
            return list(await retention.prune(graph, store, keep or chosen.keep_models))

    removed = run(work())
    if as_json:
        print_json({"removed": removed})
    else:
        console.print(f"Removed: {', '.join(removed) or 'none'}.")


async def _models() -> list[records.RegisteredModel]:
    async with open_graph(settings()) as (graph, _):
        return await records.models(graph)


def _one(registered: list[records.RegisteredModel], version: str) -> records.RegisteredModel:
    for model in registered:
        if model.version == version:
            return model
    fail(f"There is no model {version}. See tastegraph models list.")


async def _start_shadow(version: str, share: float) -> None:
    chosen = settings()
    async with open_graph(chosen) as (graph, _):
        model = _one(await records.models(graph), version)
        if model.status == records.ACTIVE:
            fail(f"Model {version} is active: it cannot be its own shadow.")
        ModelStore(chosen.models).load(version)
        await shadows.start_shadow(graph, version, share)


async def _stop_shadow() -> list[str]:
    async with open_graph(settings()) as (graph, _):
        return await shadows.stop_shadow(graph)
