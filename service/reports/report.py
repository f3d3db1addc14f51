"""Everything in a training report: about the model, its training and its graph."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from embeddings.data.diagnostics import Diagnostics, diagnose
from embeddings.data.export import export_graph
from embeddings.data.leakage import Leakage, leakage
from embeddings.data.splitting import split
from embeddings.registry.store import ModelStore
from embeddings.training.history import Step, load_curve
from graph.catalogue.entities import Catalogue
from graph.catalogue.recipes import load_recipes
from graph.connection import Graph
from graph.models import records
from graph.models.records import RegisteredModel
from graph.rows import parts
from service.reports.drawn_map import DrawnMap
from service.reports.known_drinks import Surroundings, surroundings, well_known
from service.reports.view import View, load_view

NEAREST = 5
_BATCH = 2000
_FEWEST_LINES = 2
_SECONDS = 60.0


@dataclass(frozen=True)
class Report:
    """A model's report; `same_data` if the graph is still the one that the model was trained on."""

    drawn: DrawnMap
    model: RegisteredModel
    curve: Sequence[Step]
    known: Sequence[Surroundings]
    diagnostics: Diagnostics
    leakage: Leakage
    same_data: bool

    @property
    def view(self) -> View:
        """The model over the catalogue."""
        return self.drawn.view

    @property
    def comparison(self) -> dict[str, Mapping[str, Any]]:
        """The metrics of the model and of its rivals, by name."""
        return comparison(self.model.metrics)

    def plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        diagnostics, leaks = self.diagnostics, asdict(self.leakage)
        return {
            "version": self.model.version,
            "status": self.model.status,
            "trained_at": self.model.trained_at,
            "made_at": self.view.made_at.isoformat(timespec="seconds"),
            "reason": self.model.note,
            "people": asdict(self.view.people),
            "same_data": self.same_data,
            "lineage": dict(self.model.lineage),
            "comparison": self.comparison,
            "checks": [dict(check) for check in self.model.checks or ()],
            "curve": [asdict(step) for step in self.curve],
            "neighbours": {
                surroundings.label: {
                    other.name: round(other.likeness, 4) for other in surroundings.nearest
                }
                for surroundings in self.known
            },
            "graph": {
                "nodes": dict(diagnostics.nodes),
                "edges": dict(diagnostics.edges),
                "components": list(diagnostics.components[:10]),
                "component_count": len(diagnostics.components),
                "drinks_outside_the_largest": len(diagnostics.apart),
                "had_by_nobody": diagnostics.had_by_nobody,
                "hubs": [asdict(hub) for hub in diagnostics.hubs],
                "unlinked": list(diagnostics.unlinked),
            },
            "leakage": leaks,
        }


async def load_report(graph: Graph, store: ModelStore, version: str | None) -> Report:
    """Return the report of a model, the active one unless named.

    Raises NothingToShow without a model or a drink, ModelCorrupt if the model cannot be read.
    """
    view = await load_view(graph, store, version)
    artefact = view.artefact
    model = next(
        model for model in await records.models(graph) if model.version == artefact.version
    )
    data = await export_graph(graph)
    parts = split(data, int(artefact.settings.get("training", {}).get("seed", 0)))
    now = int(view.made_at.timestamp() * 1000)
    return Report(
        drawn=DrawnMap.of(view),
        model=model,
        curve=load_curve(store.path(artefact.version)),
        known=surroundings(view, well_known(view), NEAREST),
        diagnostics=diagnose(data),
        leakage=leakage(data, parts, now, await _twins(graph, view.catalogue)),
        same_data=data.fingerprint() == artefact.fingerprint,
    )


def comparison(metrics: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the rows of the comparison: the model first, then the others, best first."""
    rows: dict[str, Mapping[str, Any]] = {
        name: row for name, row in metrics.items() if isinstance(row, Mapping) and "ndcg" in row
    }
    order = sorted(rows, key=lambda name: (name != "model", -rows[name]["ndcg"], name))
    return {name: rows[name] for name in order}


async def _twins(graph: Graph, catalogue: Catalogue) -> list[list[str]]:
    """Return groups of drinks of one kind with one recipe, amounts and all, under several ids."""
    recipes: dict[str, list[tuple[Any, ...]]] = {}
    ids = [drink.id for drink in catalogue.drinks]
    for batch in parts(ids, _BATCH):
        for drink_id, lines in (await load_recipes(graph, batch, _SECONDS)).items():
            recipes[drink_id] = [
                (row["ingredientId"], row["amount"], row["unit"], row["optional"]) for row in lines
            ]
    groups: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for drink in catalogue.drinks:
        lines = recipes.get(drink.id, [])
        if len(lines) >= _FEWEST_LINES:
            # with its kind: hot and iced coffee may be made of the same
            groups[(drink.kind, *sorted(lines, key=repr))].append(drink.id)
    return sorted(sorted(group) for group in groups.values() if len(group) > 1)
