"""Everything in memory that a request ranks with, made from one catalogue and one model."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import date

import numpy as np

from embeddings.artefact import ModelArtefact
from embeddings.dataset import FloatArray
from embeddings.encode import DrinkAttributes, Encoder
from graph.catalogue import Catalogue, Drink
from graph.people import Profile
from recommend.filters import NO_FILTER, DrinkFilter, Filters
from recommend.masks import Bools, Masks
from recommend.taste import told

POPULARITY = "popularity"
_MASKS_KEPT = 256


class Snapshot:
    """Catalogue, masks, filters and vectors that belong together; rows are catalogue rows."""

    def __init__(
        self,
        catalogue: Catalogue,
        artefact: ModelArtefact | None,
        popularity: Mapping[str, int],
    ) -> None:
        self.catalogue = catalogue
        self.masks = Masks(catalogue)
        self.filters = Filters(catalogue, self.masks)
        self.popularity = _popularity(catalogue, popularity)
        self.model_version = artefact.version if artefact else POPULARITY
        self._encoder = _encoder(catalogue, artefact) if artefact and catalogue.drinks else None
        self._vectors, self._directions = _aligned(catalogue, self._encoder)
        self._places: FloatArray | None = None
        self._allowed: OrderedDict[object, Bools] = OrderedDict()

    def allowed(self, profile: Profile, wanted: DrinkFilter, today: date) -> Bools:
        """Return the drinks this person may have that meet the filter today, bool [drinks]."""
        safe = self._safe(profile) & self.filters.available(today)
        return safe if wanted == NO_FILTER else safe & self.filters.matching(wanted)

    def _safe(self, profile: Profile) -> Bools:
        key = (
            profile.allergies,
            profile.avoids,
            profile.diets,
            profile.max_abv,
            profile.max_caffeine,
            bool(profile.unresolved),
        )
        if key not in self._allowed:
            self._allowed[key] = self.masks.allowed(profile)
            if len(self._allowed) > _MASKS_KEPT:
                self._allowed.popitem(last=False)
        self._allowed.move_to_end(key)
        return self._allowed[key]

    def scores(self, profile: Profile) -> FloatArray:
        """Return how well each drink suits this person, float32 [drinks]; higher is better."""
        if self._encoder is None:
            return self.popularity
        return self._vectors @ self._encoder.user_vector(told(profile).taste)

    def use_popularity(self, people: Mapping[str, int]) -> None:
        """Count popularity anew; the rest of the snapshot stays."""
        self.popularity = _popularity(self.catalogue, people)

    def places_by_name(self) -> FloatArray:
        """Return each drink's place in the order of names, float32 [drinks]."""
        if self._places is None:
            drinks = self.catalogue.drinks
            order = sorted(range(len(drinks)), key=lambda row: (drinks[row].name, drinks[row].id))
            self._places = np.empty(len(drinks), dtype=np.float32)
            self._places[order] = np.arange(len(drinks))
        return self._places

    def likeness(self, row: int) -> FloatArray:
        """Return how alike each drink is to the one in `row`, float32 [drinks]."""
        if self._encoder is None:
            return _shared_attributes(self.catalogue, row)
        return self._directions @ self._directions[row]


def _encoder(catalogue: Catalogue, artefact: ModelArtefact) -> Encoder:
    known = set(artefact.drinks)
    cold = [_attributes(drink) for drink in catalogue.drinks if drink.id not in known]
    return Encoder(artefact, cold)


def _attributes(drink: Drink) -> DrinkAttributes:
    return DrinkAttributes(
        id=drink.id,
        ingredients=drink.ingredients,
        flavors=drink.flavors,
        styles=drink.styles,
        producers=drink.producers,
        kinds=(drink.kind,) if drink.kind else (),
    )


def _aligned(catalogue: Catalogue, encoder: Encoder | None) -> tuple[FloatArray, FloatArray]:
    """Return the model's vectors and directions in the order of the catalogue's rows."""
    if encoder is None:
        nothing = np.zeros((len(catalogue.drinks), 0), dtype=np.float32)
        return nothing, nothing
    row_of = {name: row for row, name in enumerate(encoder.ids)}
    order = [row_of[drink.id] for drink in catalogue.drinks]
    return (
        np.ascontiguousarray(encoder.vectors[order], dtype=np.float32),
        np.ascontiguousarray(encoder.directions[order], dtype=np.float32),
    )


def _popularity(catalogue: Catalogue, people: Mapping[str, int]) -> FloatArray:
    counts = [people.get(drink.id, 0) for drink in catalogue.drinks]
    return np.log1p(np.array(counts, dtype=np.float32))


def _shared_attributes(catalogue: Catalogue, row: int) -> FloatArray:
    def traits(drink: Drink) -> set[str]:
        kinds = {drink.kind} if drink.kind else set[str]()
        return {*drink.ingredients, *drink.flavors, *drink.styles, *kinds}

    mine = traits(catalogue.drinks[row])
    shares = [
        len(mine & theirs) / max(1, len(mine | theirs))
        for theirs in (traits(drink) for drink in catalogue.drinks)
    ]
    return np.array(shares, dtype=np.float32)
