"""Recipes: an import replaces the whole recipe of each drink that it names."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graph.errors import ImportRefused
from graph.importing.drinks import Drinks
from graph.importing.files.parsing import Problem
from graph.importing.files.record import Record
from graph.importing.files.rows import RecipeRow
from graph.importing.files.sources import Sources
from graph.importing.fingerprint import fingerprint
from graph.importing.ingredients import Ingredients
from graph.importing.job import Job, Step, in_steps
from graph.query_files import load

REMOVE_RECIPES = load("catalogue/remove_recipes")
ADD_RECIPE_LINES = load("catalogue/add_recipe_lines")


class Line(NamedTuple):
    """How much of an ingredient a drink contains."""

    amount: float | None
    unit: str | None
    optional: bool


@dataclass
class Recipes:
    """For each drink that the import names: its lines by ingredient, and its number of rows."""

    lines: dict[str, dict[str, Line]] = field(
        default_factory=lambda: defaultdict[str, dict[str, Line]](dict)
    )
    rows: dict[str, int] = field(default_factory=lambda: defaultdict[str, int](int))
    named: list[tuple[str, ...]] = field(default_factory=lambda: list[tuple[str, ...]]())
    changed: dict[str, str] = field(default_factory=lambda: dict[str, str]())

    def steps(self, drinks: list[str]) -> list[Step]:
        """Return the steps that replace the recipes of those among the drinks that changed."""
        changed = [drink for drink in drinks if drink in self.changed]
        marks = [{"id": drink, "recipeFingerprint": self.changed[drink]} for drink in changed]
        lines = [{"id": drink, "lines": self._lines_of(drink)} for drink in changed]
        return [
            *in_steps(REMOVE_RECIPES, "rows", marks),
            *in_steps(ADD_RECIPE_LINES, "rows", lines),
        ]

    def _lines_of(self, drink: str) -> list[dict[str, Any]]:
        return [
            {"ingredientId": ingredient, **line._asdict()}
            for ingredient, line in self.lines[drink].items()
        ]


def read_recipes(job: Job, sources: Sources, drinks: Drinks, ingredients: Ingredients) -> Recipes:
    """Return the recipes; a rejected row leaves its drink in doubt.

    Raises ImportRefused for an unreadable row whose drink is unknown.
    """
    recipes = Recipes()
    known = drinks.ids()
    for source in sources.of("recipes"):
        for record, row in job.read(source, RecipeRow):
            problems = row if isinstance(row, list) else add_line(recipes, ingredients, known, row)
            if problems:
                _reject(job, known, record, problems)
    return recipes


def add_line(
    recipes: Recipes,
    ingredients: Ingredients,
    known: set[str],
    row: RecipeRow,
    *,
    keyed: bool = False,
) -> list[Problem]:
    """Add a row to its drink's recipe, or return why it cannot be; `known` are the drinks.

    The ingredient is what a text names, or in a `keyed` row the one with this id.
    """
    if row.drink_id not in known:
        return [Problem("drink_id", row.drink_id, "is not a known drink")]
    identifiers = (
        [ingredients.keyed_as(row.ingredient)] if keyed else ingredients.of_recipe(row.ingredient)
    )
    if not identifiers:
        return [Problem("ingredient", row.ingredient, "has neither letters nor digits")]
    lines = recipes.lines[row.drink_id]
    line = Line(row.amount, row.unit, row.optional)
    for ingredient in identifiers:
        lines[ingredient] = _together(lines[ingredient], line) if ingredient in lines else line
    recipes.rows[row.drink_id] += 1
    recipes.named.append(tuple(identifiers))
    return []


def _together(first: Line, second: Line) -> Line:
    """Combine two lines of the same ingredient; the same row twice is the same line."""
    optional = first.optional and second.optional
    if first == second or first.unit != second.unit:
        return first._replace(optional=optional)
    amounts = [amount for amount in (first.amount, second.amount) if amount is not None]
    return Line(round(sum(amounts), 3) if amounts else None, first.unit, optional)


def _reject(job: Job, known: set[str], record: Record, problems: list[Problem]) -> None:
    drink = record.values.get("drink_id", "")
    if record.problem and drink not in known:
        raise ImportRefused(
            f"{record.file}, row {record.number}: {record.problem}.",
            "It does not say which drink it belongs to; nothing was imported.",
        )
    job.reject("recipes", record, problems)
    job.doubts.drinks.add(drink)


def recipe_mark(lines: dict[str, Line]) -> str:
    """A fingerprint that does not depend on the order of the lines."""
    return fingerprint(sorted((name, *line) for name, line in lines.items()))


def plan_recipes(job: Job, recipes: Recipes, drinks: Drinks, ingredients: Ingredients) -> None:
    """Find out which recipes the graph does not have yet, and count what was recognised."""
    for drink, lines in recipes.lines.items():
        mark = recipe_mark(lines)
        if drinks.known.get(drink, {}).get("recipeFingerprint") == mark:
            continue
        if drink in job.aliases.into:
            job.summary.merged_drinks.add(drink)
        else:
            recipes.changed[drink] = mark
    reviewed = {
        names: all(ingredients.is_reviewed(job, name) for name in names)
        for names in set(recipes.named)
    }
    job.summary.recipe_rows = len(recipes.named)
    job.summary.recipe_rows_resolved = sum(reviewed[names] for names in recipes.named)
