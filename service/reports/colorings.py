"""What the points of a map can be coloured by: style, kind, or the verdict on one allergen.

Verdicts are the safety rule's own, from `recommend.safety.masks`: what is unknown is drawn so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from graph.catalogue.entities import Catalogue, Group
from graph.vocabulary import Verdict
from recommend.safety.masks import VERDICTS
from service.reports.view import NothingToShow, View

STYLE, KIND, ALLERGEN = "style", "kind", "allergen:"
MOST_LABELS = 11
OTHER, NOT_STATED = "other", "not stated"
# in the order of the legend; a drink has exactly one
VERDICT_LABELS = (Verdict.CONTAINS, Verdict.MAY_CONTAIN, Verdict.UNKNOWN, Verdict.ABSENT)


@dataclass(frozen=True)
class Coloring:
    """One way to colour: `of` has each drink's place among `labels`, in the catalogue's order."""

    name: str
    title: str
    labels: tuple[str, ...]
    of: tuple[int, ...]

    @property
    def is_verdict(self) -> bool:
        """Whether the labels are verdicts on an allergen."""
        return self.name.startswith(ALLERGEN)


def colorings(view: View) -> list[Coloring]:
    """Return every way to colour a map: style, kind, then allergens by name."""
    allergens = sorted(
        view.catalogue.allergens.values(), key=lambda allergen: allergen.name.casefold()
    )
    return [coloring(view, STYLE), coloring(view, KIND)] + [
        coloring(view, ALLERGEN + allergen.id) for allergen in allergens
    ]


def coloring(view: View, name: str) -> Coloring:
    """Return one way to colour; raise NothingToShow, with what there is, if it is not known."""
    catalogue = view.catalogue
    if name == STYLE:
        tops = (_top_style(drink.styles, catalogue.styles) for drink in catalogue.drinks)
        return _by_size(name, "Style", tops)
    if name == KIND:
        return _by_size(name, "Kind", (drink.kind for drink in catalogue.drinks))
    allergen = catalogue.allergens.get(name.removeprefix(ALLERGEN))
    if not name.startswith(ALLERGEN) or allergen is None:
        raise _unknown(name, catalogue)
    return _verdicts(view, allergen)


def _verdicts(view: View, allergen: Group) -> Coloring:
    masks = view.snapshot.view.masks
    codes = masks.codes[masks.tree.position[allergen.id]]
    of = tuple(VERDICT_LABELS.index(VERDICTS[code]) for code in codes.tolist())
    return Coloring(ALLERGEN + allergen.id, allergen.name, VERDICT_LABELS, of)


def _by_size(name: str, title: str, values: Iterable[str | None]) -> Coloring:
    """Return a colouring by the most common values, with the rest as one."""
    texts = [value or NOT_STATED for value in values]
    count = Counter(text for text in texts if text != NOT_STATED)
    labels = [text for text, _ in sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))]
    shown = labels if len(labels) <= MOST_LABELS + 1 else [*labels[:MOST_LABELS], OTHER]
    shown = [*shown, NOT_STATED] if NOT_STATED in texts else shown
    place = {label: number for number, label in enumerate(shown)}
    of = tuple(place.get(text, place.get(OTHER, 0)) for text in texts)
    return Coloring(name, title, tuple(shown), of)


def _top_style(styles: Sequence[str], groups: Mapping[str, Group]) -> str | None:
    """Return the name of the widest style that a drink's first style belongs to."""
    return top_group(styles[0], groups) if styles else None


def top_group(name: str, groups: Mapping[str, Group]) -> str:
    """Return the name of the widest group that something is in, by its first groups."""
    seen = {name}
    while name in groups and groups[name].groups and groups[name].groups[0] not in seen:
        name = groups[name].groups[0]
        seen.add(name)
    return groups[name].name if name in groups else name


def _unknown(name: str, catalogue: Catalogue) -> NothingToShow:
    known = [STYLE, KIND, *(ALLERGEN + allergen for allergen in sorted(catalogue.allergens))]
    near: Sequence[str] = get_close_matches(name, known, n=3, cutoff=0.5) or known[:4]
    return NothingToShow(
        f"A map cannot be coloured by '{name}'.", f"Use one of {', '.join(near)}, and so on."
    )
