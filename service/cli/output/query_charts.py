"""A chart of an answer: bars, a line or dots, as a picture or as a page with its numbers."""

# matplotlib's types are partly unknown; values are annotated where they enter.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import html
import io
import warnings
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from graph.analytics.run import QueryResult
from graph.errors import QuestionRefused
from service.cli.output.answers import cell

KINDS = ("bar", "line", "scatter")
SUFFIXES = (".png", ".svg", ".html")
MOST_BARS = 60
INK, SOFT, COLOUR = "#1d1f22", "#5b6068", "#0072b2"

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark }}
  body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem;
         padding: 0 1rem }}
  figure {{ margin: 0; background: #fff; border-radius: .5rem }}
  svg {{ width: 100%; height: auto }}
  table {{ border-collapse: collapse; margin-top: 2rem }}
  th, td {{ text-align: left; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid #8886 }}
</style>
<h1>{title}</h1>
<p>{description}</p>
<figure role="img" aria-label="{label}">{svg}</figure>
<table><caption>The numbers</caption><thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody></table>
</html>
"""


def chart(answer: QueryResult, kind: str, x: str, y: str, suffix: str) -> bytes:
    """Return a chart as .png, .svg or .html; the same answer gives the same bytes.

    Raises QuestionRefused if the columns cannot be drawn that way.
    """
    points = _points(answer, kind, x, y)
    figure = _figure(answer, kind, x, y, points)
    if suffix == ".html":
        return _page(answer, kind, x, y, _saved(figure, "svg").decode()).encode()
    return _saved(figure, suffix.removeprefix("."))


def _points(answer: QueryResult, kind: str, x: str, y: str) -> list[tuple[Any, float]]:
    for name in (x, y):
        if name not in answer.columns:
            raise QuestionRefused(
                f"The answer has no column '{name}'.", f"It has {', '.join(answer.columns)}."
            )
    # an unknown value has no place in a chart, and is not zero
    known = [(row[x], row[y]) for row in answer.rows if row[x] is not None and row[y] is not None]
    if not known:
        raise QuestionRefused("There is nothing to draw: no row has a value in both columns.")
    if any(isinstance(value, bool) or not isinstance(value, (int, float)) for _, value in known):
        raise QuestionRefused(f"The column '{y}' has no numbers.", "Choose another with --y.")
    if kind == "bar" and len(known) > MOST_BARS:
        raise QuestionRefused(
            f"{len(known)} bars are too many to read.", f"Use --limit {MOST_BARS} or fewer."
        )
    return [(place if kind != "bar" else cell(place), float(value)) for place, value in known]


def _figure(
    answer: QueryResult, kind: str, x: str, y: str, points: list[tuple[Any, float]]
) -> Figure:
    bars = kind == "bar"
    height = max(3.0, 0.26 * len(points) + 1.2) if bars else 5.0
    figure = Figure(figsize=(9.0, height), layout="constrained", facecolor="white")
    axes = figure.add_subplot()
    _DRAWN[kind](axes, [place for place, _ in points], [value for _, value in points])
    axes.set_title(answer.query.title, loc="left", color=INK)
    axes.set_xlabel(y if bars else x, color=SOFT)
    axes.set_ylabel(x if bars else y, color=SOFT)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="x" if bars else "y", alpha=0.25)
    axes.set_axisbelow(True)
    return figure


def _bars(axes: Axes, places: list[Any], values: list[float]) -> None:
    # by position, not by name: two drinks may have the same name
    rows = range(len(places))
    axes.barh(list(rows), values, color=COLOUR)
    axes.set_yticks(list(rows), places)
    axes.invert_yaxis()


def _line(axes: Axes, places: list[Any], values: list[float]) -> None:
    axes.plot(places, values, color=COLOUR, marker="o")
    if min(values) >= 0:
        axes.set_ylim(bottom=0)  # so that a small rise looks small
    _turn(axes, places)


def _dots(axes: Axes, places: list[Any], values: list[float]) -> None:
    axes.scatter(places, values, color=COLOUR, alpha=0.7)
    _turn(axes, places)


def _turn(axes: Axes, places: list[Any]) -> None:
    if len(places) > 8 and isinstance(places[0], str):
        axes.tick_params(axis="x", rotation=60)


_DRAWN: dict[str, Callable[[Axes, list[Any], list[float]], None]] = {
    "bar": _bars,
    "line": _line,
    "scatter": _dots,
}


def _saved(figure: Figure, form: str) -> bytes:
    target = io.BytesIO()
    metadata = {"Date": None} if form == "svg" else {"Software": "Tastegraph"}
    with warnings.catch_warnings(), matplotlib.rc_context({"svg.hashsalt": "tastegraph"}):
        # names in scripts that the bundled font lacks are drawn as boxes, which is not an error
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(target, format=form, dpi=110, metadata=metadata)
    return target.getvalue()


def _page(answer: QueryResult, kind: str, x: str, y: str, svg: str) -> str:
    escaped = html.escape
    return _PAGE.format(
        title=escaped(answer.query.title),
        description=escaped(answer.query.description),
        label=escaped(f"{kind} chart: {y} by {x}; the numbers are in the table below"),
        svg=svg[svg.index("<svg") :],
        heads="".join(f'<th scope="col">{escaped(column)}</th>' for column in answer.columns),
        rows="\n".join(
            f"<tr>{''.join(f'<td>{escaped(cell(row[name]))}</td>' for name in answer.columns)}</tr>"
            for row in answer.rows
        ),
    )
