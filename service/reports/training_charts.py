"""The charts of a training report, each drawn on given axes."""

# matplotlib's types are partly unknown; values are annotated where they enter.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from embeddings.data.diagnostics import Diagnostics
from embeddings.training.history import Step
from service.reports.figures import ACCENT, OTHER, PALETTE, SOFT

SLICE_RIVAL = ", popularity"
_BINS = 24


def draw_comparison(axes: Axes, rows: Mapping[str, Mapping[str, Any]]) -> None:
    """Draw NDCG with its standard error, a bar for the model and each rival."""
    names = list(rows)
    values = [rows[name]["ndcg"] for name in names]
    errors = [rows[name].get("ndcg_standard_error", 0.0) for name in names]
    colors = [ACCENT if name == "model" else OTHER for name in names]
    axes.barh(names, values, xerr=errors, color=colors, ecolor=SOFT, capsize=3)
    for place, value in enumerate(values):
        axes.text(value / 2, place, f"{value:.4f}", ha="center", va="center", color="white")
    axes.invert_yaxis()
    k = next(iter(rows.values())).get("k", "")
    _dress(axes, f"NDCG@{k}, with one standard error", "", "")


def draw_choice(axes: Axes, steps: Sequence[Step]) -> None:
    """Draw what validation measured of each setting that was tried."""
    tried = [step for step in steps if step.ndcg is not None]
    for run in sorted({step.run for step in tried}):
        mine = [step for step in tried if step.run == run]
        numbers = [step.epoch for step in mine]
        best = np.maximum.accumulate([step.ndcg or 0.0 for step in mine])
        axes.plot(numbers, best, color=OTHER, drawstyle="steps-post", label="best so far")
        axes.plot(numbers, [step.ndcg or 0.0 for step in mine], "o", color=ACCENT, label="tried")
    axes.legend(frameon=False, fontsize=8)
    _dress(axes, "Choice of settings", "setting tried", "NDCG on the part set aside")


def draw_loss(axes: Axes, steps: Sequence[Step]) -> None:
    """Draw the loss by step, a line for each time that it was minimised."""
    lossy = [step for step in steps if step.loss is not None]
    runs = list(dict.fromkeys((step.stage, step.run) for step in lossy))
    for place, (stage, run) in enumerate(runs):
        mine = [step for step in lossy if (step.stage, step.run) == (stage, run)]
        axes.plot(
            [step.epoch for step in mine],
            [step.loss or 0.0 for step in mine],
            color=PALETTE[place % len(PALETTE)],
            label=f"{stage}, run {run}",
        )
    axes.legend(frameon=False, fontsize=8)
    _dress(axes, "Loss of fitting", "step", "loss")


def draw_degrees(axes: Axes, diagnostics: Diagnostics) -> None:
    """Draw how many drinks were had by how many people, with those that nobody had set apart."""
    people = diagnostics.people_of[diagnostics.people_of > 0]
    if people.size:
        most = max(2, int(people.max()))
        edges = np.unique(np.geomspace(1, most + 1, _BINS).astype(np.int64))
        axes.hist(people, bins=edges.tolist(), color=ACCENT)
        axes.set_xscale("log")
    axes.text(
        0.98,
        0.94,
        f"{diagnostics.had_by_nobody:,} drinks nobody had",
        transform=axes.transAxes,
        ha="right",
        color=SOFT,
    )
    _dress(axes, "Drinks by the number of people who had them", "people", "drinks")


def draw_slices(axes: Axes, checks: Sequence[Mapping[str, Any]]) -> None:
    """Draw the model's NDCG in each slice, with the least that the gate asks for."""
    shown = slices(checks)
    names = [
        str(slice_["name"]).removesuffix(SLICE_RIVAL)
        + ("" if slice_["bound"] is not None else "\n(too few people)")
        for slice_ in shown
    ]
    axes.barh(names, [slice_["measured"] for slice_ in shown], color=ACCENT, label="model")
    bounded = [
        (slice_["bound"], place)
        for place, slice_ in enumerate(shown)
        if slice_["bound"] is not None
    ]
    axes.plot(
        [bound for bound, _ in bounded],
        [place for _, place in bounded],
        "|",
        color=PALETTE[1],
        markersize=22,
        markeredgewidth=3,
        label="least allowed",
    )
    axes.invert_yaxis()
    axes.legend(frameon=False, fontsize=8)
    _dress(axes, "NDCG in slices", "", "")


def slices(checks: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the checks that measured the model in a slice."""
    return [
        check
        for check in checks
        if str(check["name"]).endswith(SLICE_RIVAL) and check["measured"] is not None
    ]


def _dress(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title, loc="left", fontsize=10)
    axes.set_xlabel(x, color=SOFT)
    axes.set_ylabel(y, color=SOFT)
    axes.spines[["top", "right"]].set_visible(False)
