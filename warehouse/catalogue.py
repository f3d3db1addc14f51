"""The catalogue and the models as rows: each version of each drink, and every change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from graph.analytics.warehouse_rows import (
    changes_after,
    drinks_after,
    exposed_by_day,
    ingredients_after,
    recommended_by_day,
)
from graph.catalogue.recipes import load_recipes
from graph.connection import Graph
from graph.models.records import models
from graph.rows import parts
from warehouse.table import Table

CATALOGUE = "catalogue"
OFFERS = "offers"
NOTHING = -1
# An analyst's question about people says nothing of fewer either.
MIN_PEOPLE = 5
RECIPES_TOGETHER = 1_000
DAY_MS = 86_400_000
# A server may still have to write what it offered just before midnight.
LATE_MS = 3_600_000

Row = dict[str, Any]
_DRINK = ("id", "name", "kind", "description", "abv", "caffeine", "sugar", "price")
_LISTS = ("flavors", "styles", "producers", "contains")


async def add_drinks(graph: Graph, table: Table, today: date) -> int:
    """Add every drink as it is now, of those that changed since; return how many."""
    found = await drinks_after(graph, table.position(CATALOGUE, NOTHING))
    return _append(table, found, [_drink(row) | {"day": today} for row in found])


def _drink(row: Mapping[str, Any]) -> Row:
    return {
        **{name: row[name] for name in _DRINK},
        **{name: sorted(row[name]) for name in _LISTS},
        "version": row["changedAt"],
        "served_hot": row["servedHot"],
        "recipe_complete": row["recipeComplete"],
        "available_from": row["availableFrom"],
        "available_until": row["availableUntil"],
        "may_contain": sorted(row["mayContain"]),
        "declared_absent": sorted(row["declaredAbsent"]),
    }


async def add_ingredients(graph: Graph, table: Table, today: date) -> int:
    """Add every ingredient as it is now, of those that changed since; return how many."""
    found = await ingredients_after(graph, table.position(CATALOGUE, NOTHING))
    rows = [
        {
            "day": today,
            "id": row["id"],
            "version": row["changedAt"] or 0,
            "name": row["name"],
            "reviewed": row["reviewed"],
            "may_contain": sorted(row["mayContain"]),
            **{name: sorted(row[name]) for name in ("parents", "contains", "flavors")},
        }
        for row in found
    ]
    return _append(table, found, rows)


async def add_recipes(graph: Graph, table: Table, today: date) -> int:
    """Add the lines of the recipes of the drinks that changed since; return how many."""
    found = await drinks_after(graph, table.position(CATALOGUE, NOTHING))
    versions = {row["id"]: row["changedAt"] for row in found}
    ids, rows = list(versions), list[Row]()
    for some in parts(ids, RECIPES_TOGETHER):
        recipes = await load_recipes(graph, some)
        rows += [_line(line) for lines in recipes.values() for line in lines]
    return _append(
        table, found, [row | {"day": today, "version": versions[row["drink"]]} for row in rows]
    )


def _line(line: Mapping[str, Any]) -> Row:
    return {
        "drink": line["drinkId"],
        "ingredient": line["ingredientId"],
        "amount": line["amount"],
        "unit": line["unit"],
        "optional": bool(line["optional"]),
    }


def _append(table: Table, found: Sequence[Mapping[str, Any]], rows: list[Row]) -> int:
    if found:
        table.append(rows, CATALOGUE, max(row["changedAt"] or 0 for row in found))
    return len(rows)


async def add_changes(graph: Graph, table: Table) -> int:
    """Add what was recorded since; return how many changes."""
    found = await changes_after(graph, table.position(CATALOGUE, NOTHING))
    rows = [
        {
            "day": _moment(row["at"]).date(),
            "id": row["id"],
            "version": row["version"],
            "at": _moment(row["at"]),
            "kind": row["kind"],
            "source": row["source"],
            "subject_type": row["subjectType"],
            "subject": row["subjectId"],
            "before": row["before"],
            "after": row["after"],
        }
        for row in found
    ]
    if rows:
        table.append(rows, CATALOGUE, max(row["version"] for row in found))
    return len(rows)


async def add_impressions(graph: Graph, table: Table, now: int) -> int:
    """Add how many people were offered each drink on each whole day since; return how many rows."""
    since, until = table.position(OFFERS), _last_midnight(now)
    if since >= until:
        return 0
    rows = [
        {"day": _day(row["day"]), "drink": row["drinkId"], "people": row["people"]}
        for row in await recommended_by_day(graph, since, until, MIN_PEOPLE)
    ]
    table.append(rows, OFFERS, until)
    return len(rows)


async def add_exposures(graph: Graph, table: Table, now: int) -> int:
    """Add how many people came into each arm on each whole day since; return how many rows."""
    since, until = table.position(OFFERS), _last_midnight(now)
    if since >= until:
        return 0
    rows = [
        {
            "day": _day(row["day"]),
            "experiment": row["experimentId"],
            "arm": row["arm"],
            "people": row["people"],
        }
        for row in await exposed_by_day(graph, since, until, MIN_PEOPLE)
    ]
    table.append(rows, OFFERS, until)
    return len(rows)


def _last_midnight(now: int) -> int:
    return (now - LATE_MS) // DAY_MS * DAY_MS


def _day(number: int) -> date:
    return date(1970, 1, 1) + timedelta(days=number)


async def put_models(graph: Graph, table: Table) -> int:
    """Let the table hold the models as they are now, without who made or promoted them."""
    rows: list[Row] = []
    for model in await models(graph):
        rows.append(
            {
                "day": _moment(model.trained_at).date(),
                "version": model.version,
                "status": model.status,
                "trained_at": _moment(model.trained_at),
                "promoted_at": _moment(model.promoted_at) if model.promoted_at else None,
                "accepted": model.accepted,
                "metrics": json.dumps(model.metrics, sort_keys=True),
                **{
                    name: model.lineage.get(name)
                    for name in ("parent", "drinks", "people", "events")
                },
            }
        )
    return len(rows) if table.replace(rows) else 0


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
