"""LightGCN++ (Lee and others 2024), trained as LightGCN is here.

Other powers of the degrees, unit vectors passed on, and a share of what a node begins with. The
powers and the share are those that its authors recommend, and the ones they chose for single sets.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch.nn.functional import normalize

from benchmarks.recommenders.histories import Histories, Rival, Settings, Stage
from benchmarks.recommenders.light_graph import Degrees, Propagation, trained


def _light_graph_pp(histories: Histories, settings: Settings) -> Iterator[Stage]:
    torch.manual_seed(0)
    degrees = Degrees(float(settings["alpha"]), float(settings["beta"]))
    model = UnitPropagation(histories.had, degrees, 2, float(settings["temperature"]))
    model.begin = float(settings["gamma"])
    yield from trained("LightGCN++", model)


class UnitPropagation(Propagation):
    """The mean of what the layers bring, each from unit vectors; scores are not cosines."""

    begin = 0.0

    def states(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Vectors [people, width] and [drinks, width]."""
        row, column = self.start
        rows, columns = torch.zeros_like(row), torch.zeros_like(column)
        for _ in range(self.layers):
            row, column = self.to_people @ normalize(column), self.to_drinks @ normalize(row)
            rows, columns = rows + row, columns + column
        share = (1.0 - self.begin) / self.layers
        return self.begin * self.start[0] + share * rows, self.begin * self.start[
            1
        ] + share * columns


LIGHT_GRAPH_PP = Rival(
    "LightGCN++",
    {"alpha": (0.6, 0.5), "beta": (-0.1, 0.0), "gamma": (0.2, 0.0, 0.4), "temperature": (1.0, 0.2)},
    _light_graph_pp,
    patience=3,
)
