"""What the graph knows about the ingredients on a label, added to what the label itself says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from graph.catalogue.entities import Ingredient
from graph.recognition.labels.label import Label, LabelFinding, LabelIngredient
from graph.vocabulary import EvidenceStatus


def with_known_allergens(label: Label, ingredients: Mapping[str, Ingredient]) -> Label:
    """Return the label with the allergens of its ingredients and of all they are made of.

    An item that names, or is made of, something unreviewed makes the label incomplete.
    """
    parts = [(item, _parts(item, ingredients)) for item in label.ingredients]
    added = [finding for item, below in parts for finding in _findings(item, below, ingredients)]
    unreviewed = dict.fromkeys(
        item.text
        for item, below in parts
        if not all(part in ingredients and ingredients[part].reviewed for part in below)
    )
    return replace(
        label,
        findings=(*label.findings, *added),
        unreviewed=tuple(unreviewed),
        complete=label.complete and not unreviewed,
    )


def _parts(item: LabelIngredient, ingredients: Mapping[str, Ingredient]) -> dict[str, str]:
    """Return all that an item is or is made of, each with the ingredient that led to it."""
    named = item.resolution.ingredients if item.resolution else ()
    named_by = {ingredient: ingredient for ingredient in named}
    waiting = list(named_by)
    while waiting:
        one = waiting.pop()
        for parent in ingredients[one].parents if one in ingredients else ():
            if parent not in named_by:
                named_by[parent] = named_by[one]
                waiting.append(parent)
    return named_by


def _findings(
    item: LabelIngredient, parts: Mapping[str, str], ingredients: Mapping[str, Ingredient]
) -> Iterator[LabelFinding]:
    strongest: dict[str, tuple[EvidenceStatus, str]] = {}
    for part, named in parts.items():
        if part not in ingredients:
            continue
        source = f"the graph: {part}" if part == named else f"the graph: {named}, by {part}"
        for allergen in ingredients[part].may_contain:
            strongest.setdefault(allergen, (EvidenceStatus.MAY_CONTAIN, source))
        for allergen in ingredients[part].contains:
            if allergen not in strongest or strongest[allergen][0] == EvidenceStatus.MAY_CONTAIN:
                strongest[allergen] = EvidenceStatus.CONTAINS, source
    for allergen, (status, source) in sorted(strongest.items()):
        said = EvidenceStatus.MAY_CONTAIN if item.possible else status
        yield LabelFinding(allergen, said, item.text, item.start, item.end, False, source)
