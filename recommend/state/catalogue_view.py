"""What requests read of one catalogue: what a person may have, what they filter and search."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from embeddings.data.dataset import FloatArray
from graph.catalogue.entities import Catalogue
from graph.lru_cache import LruCache
from graph.people.profiles import Profile
from recommend.safety.masks import Bools, Masks
from recommend.state.filters import NO_FILTER, DrinkFilter, Filters
from recommend.state.flavor_index import FlavorIndex
from recommend.state.ingredient_families import IngredientFamilies
from recommend.state.name_order import NameOrder
from recommend.state.name_search import Level, Levels
from recommend.state.traits import TraitIndex

MASKS_KEPT = 256


def _no_masks() -> LruCache[tuple[object, ...], Bools]:
    return LruCache(MASKS_KEPT)


@dataclass(frozen=True, eq=False)
class CatalogueView:
    """One catalogue with its masks and indexes; rows are catalogue rows.

    Another catalogue has another view. What is cached (`_safe`) or built lazily follows from the
    catalogue alone.
    """

    catalogue: Catalogue
    masks: Masks
    filters: Filters
    _safe: LruCache[tuple[object, ...], Bools] = field(default_factory=_no_masks, repr=False)

    @classmethod
    def of(cls, catalogue: Catalogue, before: CatalogueView | None = None) -> CatalogueView:
        """Build the view; what `before` has for drinks with the same names is reused."""
        masks = Masks(catalogue)
        search = before.filters.search_of(catalogue) if before else None
        return cls(catalogue, masks, Filters(catalogue, masks, search))

    def allowed(self, profile: Profile, wanted: DrinkFilter, today: date) -> Bools:
        """Return the drinks this person may have that meet the filter today, bool [drinks]."""
        safe = self.safe(profile) & self.filters.available(today)
        return safe if wanted == NO_FILTER else safe & self.filters.matching(wanted)

    def safe(self, profile: Profile) -> Bools:
        """Return the drinks that the masks pass for this person, bool [drinks]; to be read only."""
        mask = self._safe.get(profile.limits)
        if mask is None:
            mask = self.masks.allowed(profile)
            self._safe.put(profile.limits, mask, weight=1)
        return mask

    def levels(self, text: str | None) -> Levels:
        """Return how well a text matches each drink, a Level [drinks]; read-only."""
        if text is None or text.isspace():
            return np.zeros(len(self.catalogue.drinks), dtype=np.uint8)
        return self.filters.search.levels(text)

    def places(self, text: str | None) -> FloatArray:
        """Return each drink's position in a search, float32 [drinks] (see `NameOrder`)."""
        return self.names.searched(self.levels(text))

    def place_after(self, text: str | None, name: str, id_: str, level: int) -> float:
        """Return the first position after a drink that matches that well, existing or not."""
        return self.names.place_after(name, id_, level if text else Level.NOTHING)

    @cached_property
    def names(self) -> NameOrder:
        """The drinks in the order of their names."""
        return NameOrder.of(self.catalogue.table)

    @cached_property
    def traits(self) -> TraitIndex:
        """Which drinks have which flavors, styles and kinds."""
        return TraitIndex.of(self.catalogue.table)

    @cached_property
    def families(self) -> IngredientFamilies:
        """Which ingredients are of one family."""
        return IngredientFamilies(self.catalogue)

    @cached_property
    def flavors(self) -> FlavorIndex:
        """The flavors of each drink."""
        return FlavorIndex(self.catalogue)
