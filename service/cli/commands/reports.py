"""Looking at a model: a map of its drinks, a report of its training, the nearest of some drinks."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
from rich.table import Column, Table

from embeddings.registry.store import ModelStore
from service.cli.common import console, fail, print_json, run, settings
from service.cli.output.progress import Bars
from service.cli.output.terminal import plain_json
from service.cli.output.writing import write_whole
from service.opening import open_graph
from service.reports.colorings import STYLE, coloring, colorings
from service.reports.known_drinks import Surroundings, find, surroundings, well_known
from service.reports.view import View, load_view

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(name="map")
@click.option("--out", type=_FILE, help="Where the page goes; default map.html, unless --png.")
@click.option("--png", type=_FILE, help="Also write a picture of the map.")
@click.option("--color", default=STYLE, show_default=True, help="style, kind or allergen:ID.")
@click.option("--model", "version", help="A model's version; default the active one.")
@click.option("--seed", default=0, show_default=True, help="The same seed, the same map.")
@click.option("--json", "as_json", is_flag=True, help="Print the map's data as JSON, and no page.")
def draw_map(
    out: Path | None, png: Path | None, color: str, version: str | None, seed: int, as_json: bool
) -> None:
    """Draw every drink on a plane, similar ones near each other: a page to view offline."""
    _need_drawing()
    from service.reports.drawn_map import DrawnMap

    with Bars(console) as bars:
        with bars.step("reading the graph"):
            view = run(_view(version))
        chosen = coloring(view, color)  # an unknown colour ends it before the work
        with bars.step("placing the drinks"):
            drawn = DrawnMap.of(view, seed)
        with bars.step("drawing"):
            document = drawn.document(colorings(view)) if as_json else None
            wanted = out or (None if png or as_json else Path("map.html"))
            page = drawn.page(colorings(view), color).encode() if wanted else b""
            picture = drawn.picture(chosen) if png else b""
    if as_json:
        click.echo(plain_json(document, None))
    if wanted:
        _write(wanted, page)
    if png:
        _write(png, picture)


@click.command()
@click.argument("version", required=False)
@click.option("--out", type=_FILE, help="Where the page goes; default report.html, unless --png.")
@click.option("--png", type=_FILE, help="Also write all its pictures as one picture.")
@click.option("--json", "as_json", is_flag=True, help="Print what it says as JSON, and no page.")
def report(version: str | None, out: Path | None, png: Path | None, as_json: bool) -> None:
    """Report on a model's training: curves, comparison, checks, slices, neighbours, the graph."""
    _need_drawing()
    from service.reports.report import load_report
    from service.reports.report_figures import report_picture
    from service.reports.report_page import report_page

    async def work() -> Any:
        chosen = settings()
        async with open_graph(chosen) as (graph, _):
            return await load_report(graph, ModelStore(chosen.models), version)

    with Bars(console) as bars:
        with bars.step("reading and measuring"):
            drawn = run(work())
        with bars.step("drawing"):
            wanted = out or (None if png or as_json else Path("report.html"))
            page = report_page(drawn).encode() if wanted else b""
            picture = report_picture(drawn) if png else b""
    if as_json:
        print_json(drawn.plain())
    if wanted:
        _write(wanted, page)
    if png:
        _write(png, picture)


@click.command()
@click.argument("drinks", nargs=-1)
@click.option("--count", default=5, show_default=True, type=click.IntRange(1, 50), help="How many.")
@click.option("--model", "version", help="A model's version; default the active one.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def neighbours(drinks: tuple[str, ...], count: int, version: str | None, as_json: bool) -> None:
    """Print the nearest drinks to some, by id or name; to ten well-known ones if none is named."""
    view = run(_view(version))
    rows = [find(view, drink) for drink in drinks] or well_known(view)
    drinks_around = surroundings(view, rows, count)
    if as_json:
        print_json([_plain(drink) for drink in drinks_around])
        return
    for drink in drinks_around:
        _print(drink)
    console.print(f"Model {view.artefact.version}. {view.people.label}")


async def _view(version: str | None) -> View:
    chosen = settings()
    async with open_graph(chosen) as (graph, _):
        return await load_view(graph, ModelStore(chosen.models), version)


def _need_drawing() -> None:
    if find_spec("openTSNE") is None or find_spec("matplotlib") is None:
        fail(
            "Drawing needs openTSNE and matplotlib, which are not installed here. "
            "Run scripts/setup train."
        )


def _write(path: Path, content: bytes) -> None:
    write_whole(path, content)
    console.print(f"Written: {path} ({len(content):,} bytes).")


def _plain(surroundings: Surroundings) -> dict[str, Any]:
    return {
        "id": surroundings.drink.id,
        "name": surroundings.drink.name,
        "nearest": [
            {
                "id": other.id,
                "name": other.name,
                "likeness": round(other.likeness, 4),
                "shared": other.shared,
            }
            for other in surroundings.nearest
        ],
    }


def _print(surroundings: Surroundings) -> None:
    title = f"near {surroundings.label}"
    table = Table(Column(title, min_width=28), Column("likeness", justify="right"), "both have")
    for other in surroundings.nearest:
        table.add_row(other.name, f"{other.likeness:.2f}", ", ".join(other.shared))
    console.print(table)
