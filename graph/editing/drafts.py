"""A draft of one drink: checked against the catalogue, then made into the steps that write it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.catalogue.aliases import MERGED_DRINKS_OF, Aliases
from graph.catalogue.changes import Step
from graph.catalogue.entities import Catalogue, Group
from graph.connection import Graph, Row
from graph.editing.transactions import Overtaken
from graph.errors import DrinkRefused
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
from graph.query_files import load
from graph.recognition.known import is_group, load_recogniser
from graph.recognition.names import Names

DRINK_STATE = load("changes/drink_state")


@dataclass(frozen=True)
class Draft:
    """All that is known about one drink; each row of `recipe` and `evidence` is about it."""

    drink: DrinkRow
    recipe: tuple[RecipeRow, ...] = ()
    evidence: tuple[EvidenceRow, ...] = ()


@dataclass(frozen=True)
class DraftPlan:
    """A draft as it will be written; `created` are the ingredients that it names first."""

    drink_id: str
    content: dict[str, Any]
    recipes: Recipes
    created: Mapping[str, str]
    source: str | None
    said: Mapping[StatementKey, list[Statement]]

    def known_step(self) -> Step:
        """Return the step that reads what is already stated of the drink."""
        return known_statements_step("drink", [self.drink_id])

    def evidence(self, known: Mapping[StatementKey, Statement]) -> Statements:
        """Return what the draft's statements change, after those that are known."""
        decided = {key: decide(known.get(key), stated) for key, stated in self.said.items()}
        return Statements(
            changes={
                key: statement
                for key, statement in decided.items()
                if statement and statement != known.get(key)
            }
        )

    def steps(self, evidence: Statements) -> list[Step]:
        """Return the steps that write it, between two looks at what is there: see `check`."""
        look: tuple[Step, Step] = (
            (DRINK_STATE, {"drinkId": self.drink_id}),
            self.known_step(),
        )
        created = [
            {"id": identifier, "name": text, "source": self.source}
            for identifier, text in self.created.items()
        ]
        return [
            *look,
            (MERGED_DRINKS_OF, {"ids": [self.drink_id]}),
            (ADD_UNREVIEWED_INGREDIENTS, {"rows": created}),
            *drink_steps([self.content]),
            *self.recipes.steps([self.drink_id]),
            *evidence.steps("drink"),
            *look,
        ]

    def check(
        self, rows: list[list[Row]], known: Mapping[StatementKey, Statement], evidence: Statements
    ) -> None:
        """Raise Overtaken or a refusal if the rows of the steps are not as they should be."""
        Aliases.of(rows[2]).refuse(self.drink_id)
        if statements_of("drink", rows[1]) != known:
            raise Overtaken
        expected = {
            **known,
            **{key: statement for key, statement in evidence.changes.items() if statement},
        }
        whole = rows[-2][0]["ingredients"] == len(self.recipes.lines[self.drink_id])
        if not whole or statements_of("drink", rows[-1]) != expected:
            raise DrinkRefused("drink", "Something it names has just been removed.", "Try again.")


async def plan_draft(
    graph: Graph, draft: Draft, catalogue: Catalogue, source: str | None
) -> DraftPlan:
    """Return what a draft will write, said by `source`; `catalogue` is as new as the graph.

    Raises DrinkRefused for a term that is not known, and a GraphError.
    """
    if is_group(source):
        raise DrinkRefused(
            "source", "The source begins like that of a group.", "Word it differently."
        )
    row, terms = draft.drink, _terms(catalogue)
    _refuse_unknown("flavors", row.flavors, terms.flavors)
    _refuse_unknown("styles", row.style, terms.styles)
    ingredients = Ingredients(
        await load_recogniser(graph), {ingredient: {} for ingredient in catalogue.ingredients}
    )
    recipes = _recipe(draft, ingredients)
    said = _said(draft, terms)
    content = drink_content(row, terms, complete=row.recipe_complete)
    content = {**content, "fingerprint": fingerprint(content)}
    return DraftPlan(row.id, content, recipes, ingredients.created, source, said)


def _terms(catalogue: Catalogue) -> Terms:
    return Terms(
        Names(), _names(catalogue.allergens), _names(catalogue.flavors), _names(catalogue.styles)
    )


def _names(groups: Mapping[str, Group]) -> Names:
    names = Names()
    for group in groups.values():
        names.add(group.id, group.name)
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
    _refuse_unknown("evidence.allergen", [row.allergen for row in draft.evidence], terms.allergens)
    said: dict[StatementKey, list[Statement]] = {}
    for row in draft.evidence:
        key = StatementKey(
            "drink", draft.drink.id, terms.allergens.find(row.allergen) or "", row.source
        )
        said.setdefault(key, []).append(Statement.of(row))
    return said
