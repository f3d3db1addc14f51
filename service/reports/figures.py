"""Figures of matplotlib, without windows and without global state."""

# matplotlib's types are partly unknown; values are annotated where they enter.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import io
import textwrap
import warnings

from matplotlib.figure import Figure

from service.reports.view import View

DOTS = 110
INK, SOFT, ACCENT = "#1d1f22", "#5b6068", "#0b57d0"
# distinguishable by most people with colour blindness, and by shape as well
PALETTE = (
    "#0072b2",
    "#b3541e",
    "#00795a",
    "#a3337b",
    "#7a5b00",
    "#56a0dc",
    "#c2185b",
    "#4b4fa8",
)
MARKERS = ("o", "s", "^", "D")
OTHER = "#9aa0a8"


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches."""
    return Figure(figsize=(width, height), layout="constrained", facecolor="white")


def figure_bytes(figure: Figure, view: View) -> bytes:
    """Return a figure as PNG, with its origin below it."""
    caption = (
        f"{view.people.label} Model {view.artefact.version}, catalogue version "
        f"{view.catalogue.version}, {view.made_at:%Y-%m-%d}."
    )
    wide = max(40, int(figure.get_figwidth() * 16))
    figure.supxlabel(textwrap.fill(caption, wide), fontsize=8, color=SOFT, x=0.02, ha="left")
    return png(figure)


def png(figure: Figure) -> bytes:
    """Return a figure as PNG; the same figure gives the same bytes."""
    target = io.BytesIO()
    with warnings.catch_warnings():
        # names in scripts that the bundled font lacks are drawn as boxes, which is not an error
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure.savefig(target, format="png", dpi=DOTS, metadata={"Software": "Tastegraph"})
    return target.getvalue()
