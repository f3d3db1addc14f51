"""The map on a figure: points by colouring, names of the most popular."""

# matplotlib's types are partly unknown; values are annotated where they enter.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from embeddings.data.dataset import FloatArray
from graph.vocabulary import Verdict
from service.reports.colorings import NOT_STATED, OTHER, Coloring
from service.reports.figures import INK, MARKERS, PALETTE
from service.reports.figures import OTHER as OTHER_COLOR
from service.reports.view import View

NAMES = 28
# how far apart names must be, as parts of the plane
_APART = (0.13, 0.028)
_VERDICTS: dict[str, dict[str, Any]] = {
    Verdict.CONTAINS: {"marker": "x", "c": "#b00020", "linewidths": 1.4},
    Verdict.MAY_CONTAIN: {"marker": "^", "c": "#a85b00"},
    Verdict.UNKNOWN: {
        "marker": "o",
        "facecolors": "none",
        "edgecolors": "#6b4fa0",
        "linewidths": 1.4,
    },
    Verdict.ABSENT: {"marker": "o", "c": "#00775a"},
}
_SAYS: dict[str, str] = {
    Verdict.MAY_CONTAIN: "MAY_CONTAIN (traces)",
    Verdict.UNKNOWN: "UNKNOWN (not safe)",
}


def draw_plane(axes: Axes, view: View, places: FloatArray, way: Coloring) -> None:
    """Draw drinks on axes where their places are, two columns, with a legend."""
    of = np.array(way.of)
    size = float(np.clip(9_000 / max(1, len(of)), 2, 26))
    # verdicts that rule a drink out are drawn above those that do not
    order = range(len(way.labels) - 1, -1, -1) if way.is_verdict else range(len(way.labels))
    for place in order:
        rows = np.flatnonzero(of == place)
        x, y = places[rows].T
        label = f"{_SAYS.get(way.labels[place], way.labels[place])} ({rows.size:,})"
        axes.scatter(x, y, s=size, label=label, **_look(way, place))
    for row in _named(view, places):
        name = view.catalogue.drinks[row].name
        at = (float(places[row, 0]), float(places[row, 1]))
        axes.annotate(name, at, (3, 2), textcoords="offset points", fontsize=7, color=INK)
    axes.set(xticks=[], yticks=[], aspect="equal")
    axes.spines[:].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False, fontsize=8)


def _look(way: Coloring, place: int) -> dict[str, Any]:
    label = way.labels[place]
    if way.is_verdict:
        return _VERDICTS[label]
    if label in (OTHER, NOT_STATED):
        return {"marker": ".", "c": OTHER_COLOR}
    marker = MARKERS[(place + place // len(PALETTE)) % len(MARKERS)]
    return {"marker": marker, "c": PALETTE[place % len(PALETTE)], "linewidths": 0}


def _named(view: View, places: FloatArray) -> list[int]:
    """Return rows of popular drinks whose names do not overlap."""
    drinks, fame = view.catalogue.drinks, view.popularity
    order = sorted(range(len(drinks)), key=lambda row: (-fame.get(drinks[row].id, 0), row))
    taken: list[FloatArray] = []
    rows: list[int] = []
    for row in order[: 40 * NAMES]:
        place = places[row]
        if all((np.abs(place - other) > _APART).any() for other in taken):
            taken.append(place)
            rows.append(row)
        if len(rows) == NAMES:
            break
    return rows
