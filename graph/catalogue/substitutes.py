"""What can replace the ingredients of a drink: as stated, as similar, as proposed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from graph.connection import Graph, Row
from graph.query_files import load

SWAP_RECIPE = load("recommend/swap_recipe")
STATED_SUBSTITUTES = load("recommend/stated_substitutes")
KINDRED_SUBSTITUTES = load("recommend/kindred_substitutes")
ALIKE_SUBSTITUTES = load("recommend/alike_substitutes")


@dataclass(frozen=True, slots=True)
class RecipePart:
    """An ingredient of a recipe."""

    id: str
    name: str
    optional: bool


@dataclass(frozen=True, slots=True)
class Substitute:
    """What may replace a part, and how the graph knows.

    `about` is the ingredient or group it is stated for, or the group that both belong to;
    only what is stated has a source.
    """

    id: str
    name: str
    about: str
    flavors: tuple[str, ...] = ()
    note: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class SubstituteProposal:
    """An ingredient that tastes like one of a drink, and the group that both belong to."""

    ingredient_id: str
    substitute_id: str
    group_id: str

    def row(self) -> dict[str, str]:
        """Return it as the query reads it."""
        names = ("ingredientId", "substituteId", "groupId")
        return dict(zip(names, asdict(self).values(), strict=True))


@dataclass(frozen=True, slots=True)
class SubstituteCandidate:
    """A substitute for one ingredient.

    `drinks` counts drinks of the same kind that have it; `steps` is how far above the ingredient
    the group is that it is stated for.
    """

    ingredient_id: str
    substitute: Substitute
    drinks: int
    steps: int = 0


@dataclass(frozen=True)
class SwapRecipe:
    """A drink's recipe for one person, and what no change to it can fix.

    `limited` is whether they have a limit on alcohol or caffeine; `own_evidence` whether evidence
    on the drink itself concerns an allergy.
    """

    parts: tuple[RecipePart, ...] = ()
    complete: bool = False
    limited: bool = False
    own_evidence: bool = False


@dataclass(frozen=True)
class SubstituteCandidates:
    """A recipe, and what may replace its parts: as somebody states, and as a group suggests.

    `alike` are those of the proposals that may stand in a drink, in the order proposed.
    """

    recipe: SwapRecipe
    stated: tuple[SubstituteCandidate, ...]
    kindred: tuple[SubstituteCandidate, ...]
    alike: tuple[SubstituteCandidate, ...] = ()


async def load_candidates(
    graph: Graph,
    person: Mapping[str, Any],
    drink_id: str,
    proposals: Sequence[SubstituteProposal] = (),
) -> SubstituteCandidates:
    """Return a drink's recipe and candidates, read in one transaction.

    The person is described as the safety gate takes them. Raises a GraphError.
    """
    proposed = [proposal.row() for proposal in proposals]
    recipe, stated, kindred, alike = await graph.run_together(
        [
            (SWAP_RECIPE, {**_limiting(person), "drinkId": drink_id}),
            (STATED_SUBSTITUTES, {"drinkId": drink_id}),
            (KINDRED_SUBSTITUTES, {"drinkId": drink_id}),
            (ALIKE_SUBSTITUTES, {"drinkId": drink_id, "proposed": proposed}),
        ]
    )
    found = [_candidate(row) for row in alike]
    by_pair = {(candidate.ingredient_id, candidate.substitute.id): candidate for candidate in found}
    pairs = [(proposal.ingredient_id, proposal.substitute_id) for proposal in proposals]
    return SubstituteCandidates(
        recipe=_recipe(recipe),
        stated=tuple(_candidate(row) for row in stated),
        kindred=tuple(_candidate(row) for row in kindred),
        alike=tuple(by_pair[pair] for pair in pairs if pair in by_pair),
    )


def _limiting(person: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "allergenIds": [allergy["allergen"] for allergy in person["allergies"] or ()],
        "dietIds": list(person["diets"]),
        "limited": person["maxAbv"] is not None or person["maxCaffeine"] is not None,
    }


def _recipe(rows: Sequence[Row]) -> SwapRecipe:
    if not rows:
        return SwapRecipe()
    parts = (row for row in rows if row["ingredientId"] is not None)
    return SwapRecipe(
        parts=tuple(RecipePart(row["ingredientId"], row["name"], row["optional"]) for row in parts),
        complete=rows[0]["recipeComplete"],
        limited=rows[0]["limited"],
        own_evidence=rows[0]["ownEvidence"],
    )


def _candidate(row: Row) -> SubstituteCandidate:
    substitute = Substitute(
        id=row["substituteId"],
        name=row["name"] or row["substituteId"],
        about=row["about"],
        flavors=tuple(sorted(set(row["flavors"]))),
        note=row.get("note"),
        source=row.get("source"),
    )
    return SubstituteCandidate(row["ingredientId"], substitute, row["drinks"], row.get("steps", 0))
