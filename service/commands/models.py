"""Seeing, promoting and rolling back models."""

from __future__ import annotations

import dataclasses
import json

import click

from embeddings import lifecycle
from embeddings.registry import ModelStore
from service import tables
from service.assembly import open_graph
from service.commands.shared import console, fail, run, settings


@click.group()
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
