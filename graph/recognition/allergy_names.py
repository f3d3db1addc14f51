"""The allergens that people mean by the names of their allergies, in five languages.

Exact names only, from `knowledge/labels/allergy_names.csv`. A name that may mean several allergens
means all of them ("nuts": tree nuts and peanuts), one for a part of a food means the whole.
"""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from importlib import resources

from graph.recognition.names import Names
from graph.recognition.naming import words

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_ALLERGY_TEXT = """
allergy allergic intolerance intolerant allergie gegen unvertraglichkeit unvertraeglichkeit
allergique allergia allergico allergica alergia alergico alergica intolerancia intolleranza
intoleranz to au aux a al alla
"""
_ALLERGY = frozenset(_ALLERGY_TEXT.split())


def allergens_named(text: str, known: Names) -> tuple[str, ...]:
    """Return the ids of all allergens that an allergy's name means; none if it is unknown."""
    if whole := known.find(text):
        return (whole,)
    every = words(text)
    for said in (every, [word for word in every if word not in _ALLERGY]):
        meant = _names().get(" ".join(said), frozenset[str]())
        if meant and all(allergen in known for allergen in meant):
            return tuple(sorted(meant))
        if whole := known.find(" ".join(said)):
            return (whole,)
    return ()


def names_of_allergies(known: Names) -> Names:
    """Return the known allergens with everything people call allergies to them, for suggestions."""
    called = defaultdict[str, list[str]](list)
    for name, meant in _names().items():
        for allergen in meant:
            called[allergen].append(name)
    names = Names()
    for known_name in known.everything():
        names.add(known_name.identifier, known_name.name, called[known_name.identifier])
    return names


@functools.cache
def _names() -> dict[str, frozenset[str]]:
    meant = defaultdict[str, set[str]](set)
    path = resources.files("graph").joinpath("knowledge", "labels", "allergy_names.csv")
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        for form in (row["name"], row["name"].translate(_UMLAUTS)):
            meant[" ".join(words(form))].update(row["allergens"].split("|"))
    return {name: frozenset(allergens) for name, allergens in meant.items()}
