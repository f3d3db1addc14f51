"""The pictures of a training report: one by one for its page, or all together."""

# matplotlib's types are partly unknown; values are annotated where they enter.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes

from service.reports.colorings import STYLE, coloring
from service.reports.figures import figure_bytes, new_figure, png
from service.reports.plane import draw_plane
from service.reports.report import Report
from service.reports.training_charts import (
    draw_choice,
    draw_comparison,
    draw_degrees,
    draw_loss,
    draw_slices,
    slices,
)

Draw = Callable[[Axes], None]


def charts(report: Report) -> dict[str, Draw]:
    """Return how to draw each chart that has something to show, by name."""
    chosen: dict[str, tuple[bool, Draw]] = {
        "comparison": (
            bool(report.comparison),
            lambda axes: draw_comparison(axes, report.comparison),
        ),
        "slices": (
            bool(slices(report.model.checks or ())),
            lambda axes: draw_slices(axes, report.model.checks or ()),
        ),
        "choice": (
            any(step.ndcg is not None for step in report.curve),
            lambda axes: draw_choice(axes, report.curve),
        ),
        "loss": (
            any(step.loss is not None for step in report.curve),
            lambda axes: draw_loss(axes, report.curve),
        ),
        "degrees": (True, lambda axes: draw_degrees(axes, report.diagnostics)),
    }
    return {name: draw for name, (there, draw) in chosen.items() if there}


def chart_pictures(report: Report) -> dict[str, bytes]:
    """Return each chart, and the map, as PNG of its own."""
    pictures: dict[str, bytes] = {}
    for name, draw in charts(report).items():
        figure = new_figure(6.4, 3.2)
        draw(figure.add_subplot())
        pictures[name] = png(figure)
    return pictures | {"map": report.drawn.picture(coloring(report.view, STYLE))}


def report_picture(report: Report) -> bytes:
    """Return all charts and the map as one PNG."""
    drawn = list(charts(report).values())
    rows = (len(drawn) + 1) // 2
    figure = new_figure(13, 3.1 * rows + 7)
    grid = figure.add_gridspec(rows + 1, 2, height_ratios=[*([3.1] * rows), 7])
    for place, draw in enumerate(drawn):
        draw(figure.add_subplot(grid[place // 2, place % 2]))
    axes = figure.add_subplot(grid[rows, :])
    draw_plane(axes, report.view, report.drawn.places, coloring(report.view, STYLE))
    figure.suptitle(f"Training report of model {report.model.version}", x=0.02, ha="left")
    return figure_bytes(figure, report.view)
