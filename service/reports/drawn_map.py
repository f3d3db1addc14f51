"""One map, drawn: its data, its page and its picture."""

# matplotlib's types are partly unknown; values are annotated where they enter.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from embeddings.data.dataset import FloatArray
from embeddings.serving.nearest import Neighbours
from service.reports.colorings import Coloring
from service.reports.figures import figure_bytes, new_figure
from service.reports.map_page import map_document, map_page
from service.reports.plane import draw_plane
from service.reports.projection import NEIGHBOURS, project
from service.reports.view import View


@dataclass(frozen=True)
class DrawnMap:
    """A view with every drink's place on the plane, and its nearest drinks."""

    view: View
    places: FloatArray
    near: Neighbours

    @staticmethod
    def of(view: View, seed: int = 0) -> DrawnMap:
        """Return the map; the same view and seed give the same."""
        near = view.nearest(NEIGHBOURS)
        return DrawnMap(view, project(view.directions, near, seed), near)

    def document(self, ways: list[Coloring]) -> dict[str, Any]:
        """Places, neighbours and colourings as plain values, as --json prints them."""
        return map_document(self.view, self.places, self.near, ways)

    def page(self, ways: list[Coloring], first: str) -> str:
        """Return the map as an HTML page that opens with the colouring named `first`."""
        return map_page(self.view, self.places, self.near, ways, first)

    def picture(self, way: Coloring) -> bytes:
        """A PNG of 11 by 8.5 inches, coloured in one way."""
        figure = new_figure(11, 8.5)
        draw_plane(figure.add_subplot(), self.view, self.places, way)
        figure.suptitle(f"Map of the flavor space, by {way.title.lower()}", x=0.02, ha="left")
        return figure_bytes(figure, self.view)
