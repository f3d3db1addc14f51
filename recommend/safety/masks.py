"""The first safety check: the rule of `graph.safety_rule` as arrays over the whole catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graph.catalogue.columns import Lists
from graph.catalogue.entities import Catalogue, Diet, Group, Ingredient
from graph.people.profiles import Profile
from graph.vocabulary import Verdict

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.uint8]

ABSENT, MAY_CONTAIN_ELSE_KNOWN, MAY_CONTAIN_ELSE_UNKNOWN, UNKNOWN, CONTAINS = range(5)
VERDICTS = (
    Verdict.ABSENT,
    Verdict.MAY_CONTAIN,
    Verdict.MAY_CONTAIN,
    Verdict.UNKNOWN,
    Verdict.CONTAINS,
)

_TRACES, _PRESENCE = 1, 2
_MISSING = ""
_NOTHING_KNOWN = Ingredient(_MISSING, _MISSING, False, (), (), (), ())


def reachable(start: str, edges: Mapping[str, Iterable[str]]) -> set[str]:
    """Return everything that can be reached from a node, itself included."""
    reached, waiting = {start}, [start]
    while waiting:
        for target in edges.get(waiting.pop(), ()):
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    return reached


@dataclass(frozen=True)
class AllergenTree:
    """The allergens as positions, with the groups above each and everything related to it."""

    position: Mapping[str, int]
    above: Mapping[str, frozenset[str]]
    related: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, allergens: Mapping[str, Group]) -> AllergenTree:
        """Return the tree; an allergen is related to those below it and to all groups of these."""
        groups = {name: allergen.groups for name, allergen in allergens.items()}
        above = {name: frozenset(reachable(name, groups)) for name in allergens}
        related: dict[str, set[str]] = {name: set() for name in allergens}
        for member in allergens:
            for group in above[member]:
                related.setdefault(group, set()).update(above[member])
        position = {name: place for place, name in enumerate(sorted(allergens))}
        return cls(position, above, {name: frozenset(names) for name, names in related.items()})

    def affected(self, evidence: Iterable[str]) -> list[int]:
        """Return the positions of the allergens that evidence about these counts against."""
        names = set(evidence)
        return [place for name, place in self.position.items() if self.related[name] & names]

    def cleared(self, declared: Iterable[str]) -> list[int]:
        """Return the positions of the allergens that a declaration of absence covers."""
        names = set(declared)
        return [place for name, place in self.position.items() if self.above[name] & names]


class Masks:
    """Verdicts of every drink for every allergen: codes uint8 [allergens, drinks]."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.tree = AllergenTree.of(catalogue.allergens)
        self._parents = {name: part.parents for name, part in catalogue.ingredients.items()}
        # A drink may name an ingredient that was added after the ingredients were read: the last
        # position is for those, unreviewed.
        self._names = [*catalogue.ingredients, _MISSING]
        self._place = {name: place for place, name in enumerate(self._names)}
        self._memberships = _memberships(catalogue.table.ingredients, self._place)
        presence, reviewed = self._ingredient_facts()
        self.known = self._known(reviewed)
        self.codes = self._verdicts(presence)
        self._suiting: dict[str, Bools] = {}

    def allowed(self, profile: Profile) -> Bools:
        """Return which drinks pass for this person, bool [drinks]."""
        if profile.unresolved:
            return np.zeros(len(self.catalogue.drinks), dtype=bool)
        allowed = np.ones(len(self.catalogue.drinks), dtype=bool)
        for allergy in profile.allergies:
            place = self.tree.position.get(allergy.allergen)
            if place is None:
                return np.zeros_like(allowed)
            worst = MAY_CONTAIN_ELSE_KNOWN if allergy.traces_accepted else ABSENT
            allowed &= self.codes[place] <= worst
        if profile.avoids:
            allowed &= self.known & ~self.having(profile.avoids)
        for diet in profile.diets:
            allowed &= self.suiting(diet)
        return allowed & self._within(profile.max_abv, profile.max_caffeine)

    def suiting(self, diet: str) -> Bools:
        """Return which drinks suit a diet, bool [drinks]; none suits an unknown one."""
        if diet not in self.catalogue.diets:  # not cached: there are endlessly many
            return self._find_suiting(None)
        if diet not in self._suiting:
            self._suiting[diet] = self._find_suiting(self.catalogue.diets[diet])
        return self._suiting[diet]

    def _find_suiting(self, diet: Diet | None) -> Bools:
        if diet is None:
            return np.zeros(len(self.catalogue.drinks), dtype=bool)
        suiting = self._known_for_diets & ~self.having(diet.avoids)
        return suiting & self._within(diet.max_abv, diet.max_caffeine)

    def having(self, parts: Iterable[str]) -> Bools:
        """Return which drinks have any of these ingredients, groups included, bool [drinks]."""
        wanted = set(parts)
        hits = np.array(
            [not wanted.isdisjoint(self._closures[name]) for name in self._names], dtype=np.uint8
        )
        return self._strongest(hits) > 0

    @cached_property
    def _closures(self) -> dict[str, set[str]]:
        return {name: reachable(name, self._parents) for name in self._names}

    @cached_property
    def _quantities(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        return self.catalogue.table.abv, self.catalogue.table.caffeine

    def _within(self, max_abv: float | None, max_caffeine: float | None) -> Bools:
        allowed = np.ones(len(self.catalogue.drinks), dtype=bool)
        for limit, values in zip((max_abv, max_caffeine), self._quantities, strict=True):
            if limit is not None:
                allowed &= values <= limit  # an unknown quantity is NaN, and never within
        return allowed

    @cached_property
    def _known_for_diets(self) -> Bools:
        ingredients = self.catalogue.ingredients
        checked = {name for name, ingredient in ingredients.items() if ingredient.diets_reviewed}
        unchecked = np.array(
            [not self._closures[name] <= checked for name in self._names], dtype=np.uint8
        )
        return self.known & (self._strongest(unchecked) == 0)

    def _ingredient_facts(self) -> tuple[Codes, Codes]:
        ingredients = {**self.catalogue.ingredients, _MISSING: _NOTHING_KNOWN}
        own = np.zeros((len(self._names), len(self.tree.position)), dtype=np.uint8)
        for place, name in enumerate(self._names):
            _write_presence(own[place], ingredients[name], self.tree)
        presence = np.zeros_like(own)
        reviewed = np.zeros(len(self._names), dtype=np.uint8)
        for place, name in enumerate(self._names):
            closure = {part if part in ingredients else _MISSING for part in self._closures[name]}
            presence[place] = own[[self._place[part] for part in closure]].max(axis=0, initial=0)
            reviewed[place] = all(ingredients[part].reviewed for part in closure)
        return presence, reviewed

    def _known(self, reviewed: Codes) -> Bools:
        table = self.catalogue.table
        unreviewed = self._strongest(1 - reviewed)
        return table.recipe_complete & (table.ingredients.counts > 0) & (unreviewed == 0)

    def _verdicts(self, presence: Codes) -> Codes:
        table = self.catalogue.table
        codes = np.zeros((len(self.tree.position), len(table)), dtype=np.uint8)
        declared = np.zeros_like(codes, dtype=bool)
        for place in range(len(self.tree.position)):
            codes[place] = self._strongest(presence[:, place])
        for evidence, strength in ((table.may_contain, _TRACES), (table.contains, _PRESENCE)):
            for allergen, rows in evidence.rows_by_name().items():
                for place in self.tree.affected([allergen]):
                    codes[place, rows] = np.maximum(codes[place, rows], strength)
        for allergen, rows in table.declared_absent.rows_by_name().items():
            for place in self.tree.cleared([allergen]):
                declared[place, rows] = True
        return _verdict_codes(codes, self.known, declared)

    def _strongest(self, values: Codes) -> Codes:
        """Return the highest value among each drink's ingredients, uint8 [drinks]."""
        offsets, members = self._memberships
        strongest = np.zeros(len(self.catalogue.drinks), dtype=np.uint8)
        if len(members):
            # reduceat needs a start for each group: drinks without ingredients are left out
            filled = np.flatnonzero(np.diff(offsets))
            strongest[filled] = np.maximum.reduceat(values[members], offsets[filled])
        return strongest


def _verdict_codes(presence: Codes, known: Bools, declared: Bools) -> Codes:
    quiet = np.where(known | declared, ABSENT, UNKNOWN)
    traces = np.where(known, MAY_CONTAIN_ELSE_KNOWN, MAY_CONTAIN_ELSE_UNKNOWN)
    codes = np.where(presence == _TRACES, traces, quiet)
    return np.where(presence == _PRESENCE, CONTAINS, codes).astype(np.uint8)


def _write_presence(row: Codes, subject: Ingredient, tree: AllergenTree) -> None:
    for evidence, strength in ((subject.may_contain, _TRACES), (subject.contains, _PRESENCE)):
        if evidence:
            places = tree.affected(evidence)
            row[places] = np.maximum(row[places], strength)


def _memberships(
    recipes: Lists, place: Mapping[str, int]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return where each drink's ingredients begin, and the place of each of them."""
    missing = place[_MISSING]
    places = np.array([place.get(part, missing) for part in recipes.names], dtype=np.int64)
    return recipes.starts, places[recipes.codes]
