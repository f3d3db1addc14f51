"""Reading texts as the service does: a line of a recipe, a printed label."""

from __future__ import annotations

import sys
from typing import Any

import click
from rich.table import Table

from graph.catalogue.entities import Ingredient, load_ingredients
from graph.recognition.known import load_recogniser
from graph.recognition.labels.known_allergens import with_known_allergens
from graph.recognition.labels.label import Label
from graph.recognition.labels.reader import read_label
from graph.recognition.recogniser import Recogniser
from graph.recognition.resolution import Resolution
from service.cli.common import console, fail, print_json, run, settings
from service.opening import open_graph

SUGGESTIONS = 5
STANDARD_INPUT = "-"


@click.command()
@click.argument("text")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def resolve(text: str, as_json: bool) -> None:
    """Say which ingredients a line of a recipe names, and how; suggest some if it names none."""
    known, _ = run(_known())
    resolution = known.resolve(_text(text), suggestions=SUGGESTIONS)
    if as_json:
        print_json(_resolution(resolution))
    else:
        _print_resolution(resolution)


@click.command()
@click.argument("text")
@click.option("--language", help="The label's language, such as de; any if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def label(text: str, language: str | None, as_json: bool) -> None:
    """Say what a label says about allergens and ingredients, and what was not understood."""
    known, ingredients = run(_known())
    read = with_known_allergens(read_label(_text(text), known, language), ingredients)
    if as_json:
        print_json(_label(read))
    else:
        _print_label(read)


def _text(text: str) -> str:
    return sys.stdin.read() if text == STANDARD_INPUT else text


async def _known() -> tuple[Recogniser, dict[str, Ingredient]]:
    async with open_graph(settings()) as (graph, _):
        known = await load_recogniser(graph)
        ingredients = await load_ingredients(graph)
    if not any(known.described.spellings()):
        fail("No ingredient is known yet. Run tastegraph knowledge first.")
    return known, ingredients


def _resolution(resolution: Resolution) -> dict[str, Any]:
    return {
        "text": resolution.text,
        "resolved": resolution.resolved,
        "ingredients": [
            {
                "id": match.ingredient,
                "text": match.text,
                "how": [how.value for how in match.how],
                "dropped": match.dropped,
            }
            for match in resolution.matches
        ],
        "problem": resolution.problem.value if resolution.problem else None,
        "suggestions": [suggestion._asdict() for suggestion in resolution.suggestions],
    }


def _label(label: Label) -> dict[str, Any]:
    return {
        "contains": label.contains,
        "may_contain": label.may_contain,
        "findings": [finding._asdict() for finding in label.findings],
        "ingredients": [
            {
                **ingredient._asdict(),
                "resolution": _resolution(ingredient.resolution) if ingredient.resolution else None,
            }
            for ingredient in label.ingredients
        ],
        "claims": [claim._asdict() for claim in label.claims],
        "unread": label.unread,
        "unreviewed": label.unreviewed,
        "complete": label.complete,
    }


def _print_resolution(resolution: Resolution) -> None:
    table = Table("ingredient", "named by", "how", "left out")
    for match in resolution.matches:
        how = ", ".join(step.value for step in match.how)
        table.add_row(match.ingredient, match.text, how, " ".join(match.dropped))
    if resolution.resolved:
        console.print(table)
        return
    console.print(f"Not resolved: {resolution.problem.value if resolution.problem else ''}.")
    for suggestion in resolution.suggestions:
        near = f"'{suggestion.name}', {suggestion.score:.0f} of 100"
        console.print(f"  perhaps {suggestion.ingredient} ({near})?")


def _print_label(label: Label) -> None:
    table = Table("allergen", "status", "named by")
    for finding in label.findings:
        table.add_row(finding.allergen, finding.status, finding.text)
    console.print(table)
    for item in label.ingredients:
        known = item.resolution.ingredients if item.resolution else item.additives
        console.print(f"{'  ' * item.level}{item.text}: {', '.join(known) or '?'}")
    for claim in label.claims:
        console.print(f"Claim: {claim.text}")
    for text in label.unread:
        console.print(f"Not understood: {text}")
    for text in label.unreviewed:
        console.print(f"Not reviewed: {text}")
    if not label.complete:
        console.print("Not everything was understood: there may be allergens that are not named.")
