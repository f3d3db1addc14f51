"""Catalogue editing: drinks that an operator adds, changes and retires one at a time.

The rules are those of an import: text that names no ingredient becomes an unreviewed one, a recipe
is complete only if somebody says so, and every change is recorded with who made it and why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from graph.catalogue.aliases import MERGED_DRINKS, Aliases
from graph.catalogue.changes import Signature, Step, change_catalogue
from graph.catalogue.entities import Catalogue, Group
from graph.clock import Clock, utc_now
from graph.connection import Graph, Row
from graph.errors import DrinkExists, DrinkRefused, DrinkUnknown, GraphContended
from graph.importing.drinks import drink_content, drink_steps
from graph.importing.files.parsing import Problem
from graph.importing.files.rows import DrinkRow, EvidenceRow, RecipeRow
from graph.importing.fingerprint import fingerprint
from graph.importing.ingredients import ADD_UNREVIEWED_INGREDIENTS, Ingredients
from graph.importing.recipes import Recipes, add_line, recipe_mark
from graph.importing.statements import (
    Statement,
    StatementKey,
    Statements,
    decide,
    known_statements_step,
    statements_of,
)
from graph.importing.terms import Terms
from graph.query import load
from graph.recognition.known import is_group, load_recogniser
from graph.recognition.names import Names

DRINK_STATE = load("changes/drink_state")
RETIRE_DRINK = load("changes/retire_drink")

ATTEMPTS = 3


@dataclass(frozen=True)
class Draft:
    """All that is known about one drink; each row of `recipe` and `evidence` is about it."""

    drink: DrinkRow
    recipe: tuple[RecipeRow, ...] = ()
    evidence: tuple[EvidenceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """The outcome of a draft: the catalogue's version, and texts that named no ingredient."""

    version: int
    unrecognised: tuple[str, ...]


class _Overtaken(Exception):
    """Somebody else changed the drink's evidence in between."""


async def add_drink(
    graph: Graph,
    draft: Draft,
    catalogue: Catalogue,
    *,
    by: str,
    source: str,
    note: str | None,
    clock: Clock = utc_now,
) -> Saved:
    """Add a drink on the word of `source`; `catalogue` is as recent as the graph.

    Raises DrinkExists, DrinkRefused for an unknown term, and a GraphError; then nothing
    was changed.
    """
    async with graph.saving:
        return await _save(
            graph, draft, catalogue, Signature(by, "EDIT", source, note, clock), new=True
        )


async def update_drink(
    graph: Graph,
    draft: Draft,
    catalogue: Catalogue,
    *,
    by: str,
    source: str,
    note: str | None,
    clock: Clock = utc_now,
) -> Saved:
    """Replace a drink's row and recipe; statements about allergens are added, as in an import.

    Raises DrinkUnknown, DrinkMerged, else what `add_drink` raises.
    """
    async with graph.saving:
        return await _save(
            graph, draft, catalogue, Signature(by, "EDIT", source, note, clock), new=False
        )


async def retire_drink(
    graph: Graph, drink_id: str, today: date, *, by: str, note: str | None, clock: Clock = utc_now
) -> int:
    """Stop offering a drink, as of yesterday; return the version of the catalogue.

    Raises DrinkUnknown, DrinkMerged, and a GraphError.
    """
    last_day = (today - timedelta(days=1)).isoformat()
    asked = {"drinkId": drink_id}
    steps: list[Step] = [
        (DRINK_STATE, asked),
        (MERGED_DRINKS, {}),
        (RETIRE_DRINK, {**asked, "lastDay": last_day}),
    ]

    def accept(rows: list[list[Row]]) -> None:
        _check_there(rows[0][0], drink_id)
        Aliases.of(rows[1]).refuse(drink_id)

    signature = Signature(by, "EDIT", None, note, clock)
    written = await change_catalogue(graph, steps, signature, drinks=[drink_id], accept=accept)
    return written.version


async def _save(
    graph: Graph, draft: Draft, catalogue: Catalogue, signature: Signature, *, new: bool
) -> Saved:
    row = draft.drink
    if is_group(signature.source):
        raise DrinkRefused(
            "source", "The source begins like that of a group.", "Word it differently."
        )
    terms = _terms(catalogue)
    _refuse_unknown("flavors", row.flavors, terms.flavors)
    _refuse_unknown("styles", row.style, terms.styles)
    ingredients = Ingredients(
        await load_recogniser(graph), {one: {} for one in catalogue.ingredients}
    )
    recipes = _recipe(draft, ingredients)
    said = _said(draft, terms)
    content = drink_content(row, terms, complete=row.recipe_complete)
    content = {**content, "fingerprint": fingerprint(content)}
    created = [
        {"id": identifier, "name": text, "source": signature.source}
        for identifier, text in ingredients.created.items()
    ]
    about = known_statements_step("drink", [row.id])
    for _ in range(ATTEMPTS):
        known = statements_of("drink", await graph.run(about[0], **about[1]))
        evidence = _evidence(known, said)
        asked: Step = (DRINK_STATE, {"drinkId": row.id})
        steps: list[Step] = [
            asked,
            about,
            (MERGED_DRINKS, {}),
            (ADD_UNREVIEWED_INGREDIENTS, {"rows": created}),
            *drink_steps([content]),
            *recipes.steps([row.id]),
            *evidence.steps("drink"),
            asked,
            about,
        ]

        def accept(
            rows: list[list[Row]],
            known: dict[StatementKey, Statement] = known,
            evidence: Statements = evidence,
        ) -> None:
            _check_state(rows[0][0], row.id, new=new)
            Aliases.of(rows[2]).refuse(row.id)
            if statements_of("drink", rows[1]) != known:
                raise _Overtaken
            _check_written(rows[-2][0], rows[-1], len(recipes.lines[row.id]), known, evidence)

        try:
            written = await change_catalogue(
                graph,
                steps,
                signature,
                drinks=[row.id],
                ingredients=list(ingredients.created),
                accept=accept,
            )
        except _Overtaken:
            continue
        return Saved(written.version, tuple(ingredients.created.values()))
    raise GraphContended(f"Others kept changing the drink '{row.id}'.", "Try again.")


def _terms(catalogue: Catalogue) -> Terms:
    return Terms(
        Names(), _names(catalogue.allergens), _names(catalogue.flavors), _names(catalogue.styles)
    )


def _names(groups: Mapping[str, Group]) -> Names:
    names = Names()
    for one in groups.values():
        names.add(one.id, one.name)
    return names


def _refuse_unknown(argument: str, texts: Iterable[str], names: Names) -> None:
    if unknown := [text for text in texts if names.find(text) is None]:
        raise DrinkRefused(
            argument, f"Not known: {', '.join(unknown[:5])}.", "Nothing was changed."
        )


def _recipe(draft: Draft, ingredients: Ingredients) -> Recipes:
    recipes, drink = Recipes(), draft.drink.id
    for row in draft.recipe:
        _refuse(add_line(recipes, ingredients, {drink}, row))
    recipes.changed[drink] = recipe_mark(recipes.lines[drink])
    return recipes


def _refuse(problems: list[Problem]) -> None:
    for problem in problems:
        raise DrinkRefused(
            f"recipe.{problem.field}",
            f"'{problem.value}' {problem.reason}.",
            "Nothing was changed.",
        )


def _said(draft: Draft, terms: Terms) -> dict[StatementKey, list[Statement]]:
    _refuse_unknown("evidence.allergen", [one.allergen for one in draft.evidence], terms.allergens)
    said: dict[StatementKey, list[Statement]] = {}
    for one in draft.evidence:
        key = StatementKey(
            "drink", draft.drink.id, terms.allergens.find(one.allergen) or "", one.source
        )
        said.setdefault(key, []).append(Statement.of(one))
    return said


def _evidence(
    known: dict[StatementKey, Statement], said: dict[StatementKey, list[Statement]]
) -> Statements:
    decided = {key: decide(known.get(key), statements) for key, statements in said.items()}
    return Statements(
        changes={key: one for key, one in decided.items() if one and one != known.get(key)}
    )


def _check_state(state: Row, drink_id: str, *, new: bool) -> None:
    if not new:
        _check_there(state, drink_id)
    elif state["drinkId"] is not None:
        raise DrinkExists(drink_id)


def _check_there(state: Row, drink_id: str) -> None:
    if state["drinkId"] is None:
        raise DrinkUnknown(drink_id)


def _check_written(
    state: Row,
    rows: list[Row],
    ingredients: int,
    known: dict[StatementKey, Statement],
    evidence: Statements,
) -> None:
    """Refuse a drink of which not everything was written: something has just been removed."""
    expected = {**known, **{key: one for key, one in evidence.changes.items() if one}}
    if state["ingredients"] != ingredients or statements_of("drink", rows) != expected:
        raise DrinkRefused("drink", "Something it names has just been removed.", "Try again.")
