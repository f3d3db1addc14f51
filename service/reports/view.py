"""What there is to view: the catalogue with its verdicts, and a model's directions over it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from embeddings.data.dataset import FloatArray
from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.nearest import Neighbours, neighbours
from graph.catalogue.entities import Catalogue, Drink, load_catalogue
from graph.catalogue.popularity import load_popularity
from graph.clock import utc_now
from graph.connection import Graph
from graph.errors import TastegraphError
from graph.models import records
from graph.models.active import active_version
from graph.people.profiles import count_by_origin
from recommend.state.snapshot import Snapshot


class NothingToShow(TastegraphError):
    """There is no model, no drink, or nothing with the requested name."""


@dataclass(frozen=True, slots=True)
class People:
    """How many people have any history, and how many of them are simulated."""

    all: int
    simulated: int

    @property
    def label(self) -> str:
        """What every page and picture says about where the behaviour comes from."""
        if not self.all:
            return "Nobody has done anything with a drink yet."
        if not self.simulated:
            return f"Behaviour of {self.all:,} people."
        if self.simulated == self.all:
            return f"Simulated data: all {self.all:,} people are simulated; nobody real drank this."
        return f"Partly simulated data: {self.simulated:,} of {self.all:,} people are simulated."


@dataclass(frozen=True)
class View:
    """A model over a catalogue at one moment; rows are catalogue rows."""

    snapshot: Snapshot
    artefact: ModelArtefact
    popularity: Mapping[str, int]
    people: People
    made_at: datetime

    @property
    def catalogue(self) -> Catalogue:
        """The catalogue."""
        return self.snapshot.catalogue

    @property
    def directions(self) -> FloatArray:
        """Unit rows [drinks, dim] whose products are similarities."""
        return self.snapshot.scorer.directions

    def nearest(self, count: int) -> Neighbours:
        """Rows and cosines [drinks, count], the nearest first, the drink itself left out."""
        return neighbours(self.directions, count)

    def styles_of(self, drink: Drink) -> list[str]:
        """Names; the id of a style that the catalogue does not describe."""
        styles = self.catalogue.styles
        return [styles[style].name if style in styles else style for style in drink.styles]

    def ingredients_of(self, drink: Drink) -> list[str]:
        """Names; the id of an ingredient that the catalogue does not describe."""
        known = self.catalogue.ingredients
        return [
            known[ingredient].name if ingredient in known else ingredient
            for ingredient in drink.ingredients
        ]

    def labels(self) -> list[str]:
        """Return each drink's name; where several share one, with the id."""
        drinks = self.catalogue.drinks
        count = Counter(drink.name for drink in drinks)
        return [
            drink.name if count[drink.name] == 1 else f"{drink.name} ({drink.id})"
            for drink in drinks
        ]


async def load_view(graph: Graph, store: ModelStore, version: str | None = None) -> View:
    """Return the view of a model, the active one unless named.

    Raises NothingToShow without a model or a drink, ModelCorrupt if the model cannot be read.
    """
    version = await _existing(graph, version)
    catalogue = await load_catalogue(graph)
    if not catalogue.drinks:
        raise NothingToShow("There are no drinks.", "Import some: `tastegraph import PATH`.")
    artefact = store.load(version)
    popularity = await load_popularity(graph, utc_now())
    return View(
        snapshot=Snapshot.of(catalogue, artefact, popularity),
        artefact=artefact,
        popularity=popularity.people,
        people=People(*await count_by_origin(graph)),
        made_at=utc_now(),
    )


async def _existing(graph: Graph, version: str | None) -> str:
    if version is None:
        active = await active_version(graph)
        if active is None:
            raise NothingToShow("There is no active model.", "Train one: `tastegraph retrain`.")
        return active
    if version not in {model.version for model in await records.models(graph)}:
        raise NothingToShow(f"There is no model {version}.", "See `tastegraph models list`.")
    return version
