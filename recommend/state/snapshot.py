"""Everything in memory that a request ranks with, made from one catalogue and one model."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property

import numpy as np

from embeddings.data.dataset import FloatArray, IntArray
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.attribution import falls
from embeddings.serving.encoder import DrinkAttributes, Encoder, ItemTransitions, Taste
from embeddings.serving.index import DrinkIndex
from graph.catalogue.entities import Catalogue, Drink
from graph.people.profiles import Profile
from recommend.safety.masks import Bools, Masks
from recommend.state.filters import NO_FILTER, DrinkFilter, Filters
from recommend.state.flavor_index import FlavorIndex
from recommend.state.name_search import Level, Levels
from recommend.state.orderings import ByScores, ByVector, Ranking
from recommend.state.taste import inferred_taste
from recommend.state.traits import Trait, traits_of

POPULARITY = "popularity"
_MASKS_KEPT = 256
_NO_ROWS = np.zeros(0, dtype=np.int64)


class Snapshot:
    """Catalogue, masks, filters and vectors that belong together; rows are catalogue rows."""

    def __init__(
        self,
        catalogue: Catalogue,
        artefact: ModelArtefact | None,
        popularity: Mapping[str, int],
        before: Snapshot | None = None,
    ) -> None:
        """Make it; what `before` has of drinks named the same is used again."""
        self.catalogue = catalogue
        self.masks = Masks(catalogue)
        search = before.filters.search.renewed(catalogue) if before else None
        self.filters = Filters(catalogue, self.masks, search)
        self.popularity = _popularity(catalogue, popularity)
        self.model_version = artefact.version if artefact else POPULARITY
        self._encoder = _encoder(catalogue, artefact) if artefact and catalogue.drinks else None
        vectors = self._encoder.vectors if self._encoder else None
        self._index = DrinkIndex(_aligned(catalogue, self._encoder, vectors))
        self._row_of_encoded = _rows_of_encoded(catalogue, self._encoder)
        self._places: FloatArray | None = None
        self._rows_with: dict[Trait, IntArray] | None = None
        self._allowed: OrderedDict[tuple[object, ...], Bools] = OrderedDict()

    @cached_property
    def directions(self) -> FloatArray:
        """Unit rows [drinks, dim] whose products say how alike two drinks are; 0 wide untrained."""
        directions = self._encoder.directions if self._encoder else None
        return _aligned(self.catalogue, self._encoder, directions)

    @property
    def has_model(self) -> bool:
        """Whether a model ranks; else popularity does."""
        return self._encoder is not None

    @cached_property
    def _by_likeness(self) -> DrinkIndex:
        return DrinkIndex(self.directions)

    def allowed(self, profile: Profile, wanted: DrinkFilter, today: date) -> Bools:
        """Return the drinks this person may have that meet the filter today, bool [drinks]."""
        safe = self.safe(profile) & self.filters.available(today)
        return safe if wanted == NO_FILTER else safe & self.filters.matching(wanted)

    def safe(self, profile: Profile) -> Bools:
        """Return the drinks that the masks pass for this person, bool [drinks]; to be read only."""
        key = profile.limits
        if key not in self._allowed:
            self._allowed[key] = self.masks.allowed(profile)
            if len(self._allowed) > _MASKS_KEPT:
                self._allowed.popitem(last=False)
        self._allowed.move_to_end(key)
        return self._allowed[key]

    def scores(self, profile: Profile) -> FloatArray:
        """Return how well each drink suits this person, float32 [drinks]; higher is better."""
        if self._encoder is None or not profile.personalisation:
            return self.popularity
        vector, following = self._encoder.person(inferred_taste(profile).taste)
        scores = self._index.scores(vector)
        added = self._followed(following)
        return scores if added is None else scores + added

    def ranking(self, profile: Profile, lift: FloatArray | None = None) -> Ranking:
        """Return the order in which drinks suit this person; `lift` [drinks] is added to scores.

        It is in units of how far this person's scores lie apart, for models differ in their scale.
        """
        if self._encoder is None or not profile.personalisation:
            return self.by_popularity(lift)
        vector, following = self._encoder.person(inferred_taste(profile).taste)
        lifted = _scaled(lift, self._index.spread(vector))
        followed = self._followed(following)
        given = [one for one in (lifted, followed) if one is not None]
        return ByVector(self._index, vector, sum(given[1:], start=given[0]) if given else None)

    def _followed(self, following: ItemTransitions) -> FloatArray | None:
        """Return what to add to the drinks' scores for what follows on a history; None: nothing."""
        rows, values = self._row_of_encoded[following.rows], following.values
        if not (rows >= 0).any():
            return None
        added = np.zeros(len(self.catalogue.drinks), dtype=np.float32)
        added[rows[rows >= 0]] = values[rows >= 0]
        return added

    def ranks_by(self, profile: Profile) -> str:
        """Return the version of the model that ranks for this person, or 'popularity'."""
        return self.model_version if profile.personalisation else POPULARITY

    def falls(self, taste: Taste, without: Sequence[Taste], rows: Sequence[int]) -> FloatArray:
        """Return by how much the scores of some rows fall with each of other tastes.

        float32 [without, rows], in units of how far the person's scores lie apart; zero without a
        model.
        """
        if self._encoder is None or not without:
            return np.zeros((len(without), len(rows)), dtype=np.float32)
        drinks = [self.catalogue.drinks[row].id for row in rows]
        found = falls(self._encoder, taste, without, drinks)
        return found / np.float32(self._index.spread(self._encoder.user_vector(taste)) or 1.0)

    def standing(self, rows: Sequence[int]) -> FloatArray:
        """Return how far above the mean some rows are for somebody of whom nothing is known.

        float32 [rows], in standard deviations of all drinks' scores.
        """
        scores = self.scores(Profile(""))
        spread = float(scores.std()) if scores.size else 0.0
        return (scores[list(rows)] - scores.mean()) / np.float32(spread or 1.0)

    def alike(self, rows: Sequence[int], others: Sequence[int]) -> FloatArray:
        """Return how alike drinks are, float32 [rows, others]: 1 for the same, at most."""
        if self._encoder is not None:
            return self.directions[list(rows)] @ self.directions[list(others)].T
        drinks = self.catalogue.drinks
        mine, theirs = ([_traits(drinks[row]) for row in some] for some in (rows, others))
        return np.array([[_overlap(a, b) for b in theirs] for a in mine], dtype=np.float32)

    def count_with(self, kind: str, name: str) -> int:
        """Return how many drinks have an ingredient, flavor or style themselves."""
        return self._counts[kind, name]

    @cached_property
    def _counts(self) -> Counter[Trait]:
        return Counter(
            trait
            for drink in self.catalogue.drinks
            for trait in (*traits_of(drink), *(("ingredient", one) for one in drink.ingredients))
        )

    @cached_property
    def flavor_index(self) -> FlavorIndex:
        """What each drink tastes of."""
        return FlavorIndex(self.catalogue)

    def use_popularity(self, people: Mapping[str, int]) -> None:
        """Count popularity anew; the rest of the snapshot stays."""
        self.popularity = _popularity(self.catalogue, people)

    def places_by_name(self) -> FloatArray:
        """Return each drink's place in the order of names, float32 [drinks]."""
        if self._places is None:
            self._places = np.empty(len(self._by_name), dtype=np.float32)
            self._places[self._by_name] = np.arange(len(self._by_name))
        return self._places

    def places(self, text: str | None) -> FloatArray:
        """Return each drink's place as a search lists it: the better it fits, then by name.

        float32 [drinks], exact up to 16 million; places are left out where no drink is.
        """
        return self.places_by_name() + self._better(self.levels(text))

    def place_after(self, text: str | None, name: str, id_: str, level: int) -> float:
        """Return the first place after a drink that fits a text so well, be there one or not."""
        up_to = bisect_right(self._by_name, (name, id_), key=self._name_and_id)
        return up_to + float(self._better(np.array(level if text else Level.NOTHING)))

    def levels(self, text: str | None) -> Levels:
        """Return how well a text fits each drink, a Level [drinks]; to be read only."""
        if text is None or text.isspace():
            return np.zeros(len(self.catalogue.drinks), dtype=np.uint8)
        return self.filters.search.levels(text)

    def _better(self, levels: Levels) -> FloatArray:
        return (max(Level) - levels.astype(np.float32)) * np.float32(len(self.catalogue.drinks))

    @cached_property
    def _by_name(self) -> list[int]:
        return sorted(range(len(self.catalogue.drinks)), key=self._name_and_id)

    def _name_and_id(self, row: int) -> tuple[str, str]:
        drink = self.catalogue.drinks[row]
        return drink.name, drink.id

    def rows_with(self, trait: Trait) -> IntArray:
        """Return the rows of the drinks of a kind or style, or with a flavor."""
        if self._rows_with is None:
            found: dict[Trait, list[int]] = {}
            for row, drink in enumerate(self.catalogue.drinks):
                for one in traits_of(drink):
                    found.setdefault(one, []).append(row)
            self._rows_with = {one: np.array(rows) for one, rows in found.items()}
        return self._rows_with.get(trait, _NO_ROWS)

    def by_popularity(self, lift: FloatArray | None = None) -> Ranking:
        """Return the order in which most people had drinks; `lift` in standard deviations."""
        added = _scaled(lift, float(self.popularity.std()))
        return ByScores(self.popularity if added is None else self.popularity + added)

    def likeness(self, row: int, lift: FloatArray | None = None) -> Ranking:
        """Return the order in which drinks are like the one in `row`."""
        if self._encoder is None:
            shares = _shared_attributes(self.catalogue, row)
            added = _scaled(lift, float(shares.std()))
            return ByScores(shares if added is None else shares + added)
        direction = self.directions[row]
        added = _scaled(lift, self._by_likeness.spread(direction))
        return ByVector(self._by_likeness, direction, added)


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


def _aligned(catalogue: Catalogue, encoder: Encoder | None, rows: FloatArray | None) -> FloatArray:
    """Return an encoder's rows [drinks, dim] in the order of the catalogue's."""
    if encoder is None or rows is None:
        return np.zeros((len(catalogue.drinks), 0), dtype=np.float32)
    row_of = {name: row for row, name in enumerate(encoder.ids)}
    return rows[[row_of[drink.id] for drink in catalogue.drinks]]


def _rows_of_encoded(catalogue: Catalogue, encoder: Encoder | None) -> IntArray:
    """Return the catalogue's row of each of an encoder's drinks, -1 where it has none."""
    ids = encoder.ids if encoder else ()
    return np.array([catalogue.row_of.get(one, -1) for one in ids], dtype=np.int64)


def _scaled(lift: FloatArray | None, spread: float) -> FloatArray | None:
    return None if lift is None else lift * np.float32(spread or 1.0)


def _popularity(catalogue: Catalogue, people: Mapping[str, int]) -> FloatArray:
    counts = [people.get(drink.id, 0) for drink in catalogue.drinks]
    return np.log1p(np.array(counts, dtype=np.float32))


def _traits(drink: Drink) -> set[str]:
    kinds = {drink.kind} if drink.kind else set[str]()
    return {*drink.ingredients, *drink.flavors, *drink.styles, *kinds}


def _overlap(mine: set[str], theirs: set[str]) -> float:
    return len(mine & theirs) / max(1, len(mine | theirs))


def _shared_attributes(catalogue: Catalogue, row: int) -> FloatArray:
    mine = _traits(catalogue.drinks[row])
    shares = [_overlap(mine, _traits(drink)) for drink in catalogue.drinks]
    return np.array(shares, dtype=np.float32)
