"""The windowed features: which there are, and what they say now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click
from rich.table import Table

from graph.clock import iso_at
from service.cli.commands.streams.flink_jobs import jobs, submit
from service.cli.common import console, json_option, print_json, settings
from streams.features import NAMES, feature, features
from streams.published import PublishedTrends, read_trends, read_windows

MOST_SHOWN = 50
PUBLISHED = tuple(name for name in NAMES if not feature(name).is_personal)
NOTHING = "Nothing yet: a server computes it from the log, while TASTEGRAPH_WINDOWS is on."


@click.group()
def windows() -> None:
    """See the windowed features, such as what is trending, and have Flink compute them."""


@windows.command(name="list")
@json_option()
def list_features(as_json: bool) -> None:
    """List the features: what each is, how long its windows are and how late an event may be."""
    minutes = [
        (feature, feature.span // 60_000, feature.hop // 60_000, feature.late // 60_000)
        for feature in features()
    ]
    if as_json:
        print_json(
            [
                {"name": one.name, "title": one.title, "minutes": span, "every": hop, "late": late}
                for one, span, hop, late in minutes
            ]
        )
        return
    table = Table("feature", "what it is", "minutes", "every", "late")
    for one, *numbers in minutes:
        table.add_row(one.name, one.title, *map(str, numbers))
    console.print(table)


@windows.command()
@click.argument("name", metavar="FEATURE", type=click.Choice(PUBLISHED))
@json_option()
def show(name: str, as_json: bool) -> None:
    """Show what a feature says now, as the server of this home published it last."""
    folder = settings().features
    if name == "trending":
        _show_trends(read_trends(folder), as_json)
        return
    found = read_windows(folder, feature(name))
    columns = [column.name for column in feature(name).columns]
    rows = [row for end in sorted(found, reverse=True) for row in found[end]]
    if as_json:
        print_json([dict(zip(columns, row, strict=True)) for row in rows])
    else:
        _print_rows(columns, rows)


def _show_trends(trends: PublishedTrends | None, as_json: bool) -> None:
    columns = ("place", "drink_id", "people", "usual", "score")
    places = sorted(trends.places.items()) if trends else []
    rows = [
        (place, trend.drink_id, trend.people, trend.usual, round(trend.score, 2))
        for place, found in places
        for trend in found
    ]
    if as_json:
        as_of = iso_at(trends.as_of) if trends else None
        trending = [dict(zip(columns, row, strict=True)) for row in rows]
        print_json({"as_of": as_of, "trending": trending})
        return
    _print_rows(columns, rows)
    if trends:
        console.print(f"As of {iso_at(trends.as_of)}.")


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    table = Table(*columns)
    for row in rows[:MOST_SHOWN]:
        cells = zip(columns, row, strict=True)
        table.add_row(
            *(iso_at(cell) if name == "window_end" else str(cell) for name, cell in cells)
        )
    console.print(table if rows else NOTHING)
    if len(rows) > MOST_SHOWN:
        console.print(f"And {len(rows) - MOST_SHOWN:,} more: --json lists all.")


windows.add_command(submit)
windows.add_command(jobs)
