"""The record of processing, made from what is configured."""

from __future__ import annotations

from typing import Any, cast

import click

from graph.outbox.sinks import sinks
from graph.people.consent_rules import consent_rules
from service.cli.common import json_option, print_json, run, settings
from service.opening import open_graph
from service.processing_record import processing_record


@click.command(name="processing-record")
@json_option()
def processing_record_(as_json: bool) -> None:
    """Print the record of processing (GDPR, article 30), as far as the configuration says it."""

    async def work() -> dict[str, Any]:
        chosen = settings()
        async with open_graph(chosen, prepare=False) as (graph, _):
            return processing_record(chosen, await consent_rules(graph), await sinks(graph))

    record = run(work())
    if as_json:
        print_json(record)
        return
    for name, value in record.items():
        click.echo(f"{_words(name)}:")
        for line in _lines(value):
            click.echo(f"  {line}")


def _lines(value: Any) -> list[str]:
    if isinstance(value, list):
        parts = cast(list[Any], value)
        return [line for part in parts for line in (*_lines(part), "")][:-1] or ["none"]
    if isinstance(value, dict):
        fields = cast(dict[str, Any], value)
        return [f"{_words(name)}: {_text(said)}" for name, said in fields.items()]
    return [_text(value)]


def _text(value: Any) -> str:
    return ", ".join(map(str, cast(list[Any], value))) if isinstance(value, list) else str(value)


def _words(name: str) -> str:
    return name.replace("_", " ")
