"""What may replace the ingredients of a drink because it tastes alike, by flavors and a model."""

from __future__ import annotations

from collections.abc import Iterator

from graph.catalogue.substitutes import SubstituteProposal
from recommend.state.snapshot import Snapshot

MOST_PROPOSALS = 16  # for one ingredient


def alike_ingredients(snapshot: Snapshot, drink_id: str) -> list[SubstituteProposal]:
    """Return what may replace each ingredient of a drink, the most alike first.

    Of the same family, in the order of the share of flavors in common plus the cosine in the model.
    Nothing here says that any is safe, or that it may stand in a drink.
    """
    row = snapshot.catalogue.row_of.get(drink_id)
    if row is None:
        return []
    ingredients = snapshot.catalogue.drinks[row].ingredients
    return [proposal for id_ in ingredients for proposal in _proposals(snapshot, id_)]


def _proposals(snapshot: Snapshot, ingredient: str) -> Iterator[SubstituteProposal]:
    families = snapshot.view.families
    relatives = families.relatives(ingredient)
    cosines = dict(snapshot.scorer.nearest("ingredient", ingredient)) if relatives else {}
    likeness = {
        other: families.shared_flavors(ingredient, other) + cosines.get(other, 0.0)
        for other in relatives
    }
    best = sorted(likeness, key=lambda other: (-likeness[other], other))[:MOST_PROPOSALS]
    for other in best:
        yield SubstituteProposal(ingredient, other, relatives[other])
