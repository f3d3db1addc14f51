"""Drinks that everybody can judge: found by name, or else the most popular of a catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import process

from embeddings.serving.nearest import nearest_to
from graph.catalogue.entities import Drink
from graph.recognition.naming import normalise
from service.reports.view import NothingToShow, View

WELL_KNOWN = (
    "Mojito",
    "Margarita",
    "Negroni",
    "Old Fashioned",
    "Piña Colada",
    "Bloody Mary",
    "Espresso Martini",
    "Cappuccino",
    "Hot Chocolate",
    "Masala Chai",
)
_SUGGESTIONS, _LIKE_ENOUGH = 3, 60.0


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A drink near another: cosine similarity, and what both have, by name."""

    id: str
    name: str
    likeness: float
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Surroundings:
    """A drink and its nearest others, best first."""

    drink: Drink
    label: str
    nearest: tuple[Neighbour, ...]


def well_known(view: View, count: int = len(WELL_KNOWN)) -> list[int]:
    """Return rows of well-known drinks, filled up with the most popular, at most `count`."""
    by_name = _rows_by_name(view)
    rows = [by_name[normalise(name)] for name in WELL_KNOWN if normalise(name) in by_name]
    drinks = view.catalogue.drinks
    popular = sorted(
        range(len(drinks)), key=lambda row: (-view.popularity.get(drinks[row].id, 0), row)
    )
    return list(dict.fromkeys([*rows, *popular]))[:count]


def find(view: View, text: str) -> int:
    """Return the row of a drink by id or name, without regard to case, accents and punctuation.

    Raises NothingToShow, with similar names, if there is none.
    """
    if text in view.catalogue.row_of:
        return view.catalogue.row_of[text]
    by_name = _rows_by_name(view)
    row = by_name.get(normalise(text))
    if row is not None:
        return row
    alike = process.extract(
        normalise(text), list(by_name), limit=_SUGGESTIONS, score_cutoff=_LIKE_ENOUGH
    )
    names = [view.catalogue.drinks[by_name[name]].name for name, _, _ in alike]
    advice = f"Perhaps {', '.join(names)}?" if names else "See a map: `tastegraph map`."
    raise NothingToShow(f"There is no drink '{text}'.", advice)


def surroundings(view: View, rows: Sequence[int], count: int) -> list[Surroundings]:
    """By row: the `count` nearest drinks by cosine, and what they share."""
    labels = view.labels()
    near = nearest_to(view.directions, rows, count)
    described: list[Surroundings] = []
    for place, row in enumerate(rows):
        nearest = zip(near.rows[place], near.likeness[place], strict=True)
        neighbours = tuple(
            _neighbour(view, labels, row, int(other), float(likeness))
            for other, likeness in nearest
        )
        described.append(Surroundings(view.catalogue.drinks[row], labels[row], neighbours))
    return described


def _neighbour(
    view: View, labels: Sequence[str], row: int, other: int, likeness: float
) -> Neighbour:
    return Neighbour(
        id=view.catalogue.drinks[other].id,
        name=labels[other],
        likeness=likeness,
        shared=_shared(view, row, other),
    )


def _rows_by_name(view: View) -> dict[str, int]:
    drinks = view.catalogue.drinks
    return {normalise(drinks[row].name): row for row in reversed(range(len(drinks)))}


def _shared(view: View, one: int, other: int) -> tuple[str, ...]:
    """Return the names of the styles, flavors and ingredients that both drinks have."""
    catalogue = view.catalogue
    mine, theirs = catalogue.drinks[one], catalogue.drinks[other]
    described = (
        (catalogue.styles, mine.styles, theirs.styles),
        (catalogue.flavors, mine.flavors, theirs.flavors),
        (catalogue.ingredients, mine.ingredients, theirs.ingredients),
    )
    return tuple(
        known[name].name if name in known else name
        for known, left, right in described
        for name in left
        if name in right
    )
