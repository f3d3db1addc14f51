"""Drinks: their own rows, which are written together with their recipes and evidence."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from graph.errors import ImportRefused
from graph.importing.files.parsing import Problem
from graph.importing.files.record import Record
from graph.importing.files.rows import DrinkRow
from graph.importing.files.sources import Sources
from graph.importing.fingerprint import fingerprint
from graph.importing.job import Job, Step, in_steps
from graph.importing.terms import Terms
from graph.query_files import load
from graph.recognition.naming import slug

KNOWN_DRINKS = load("catalogue/known_drinks")
KNOWN_DRINKS_OF = load("catalogue/known_drinks_of")
UPSERT_DRINKS = load("catalogue/upsert_drinks")
UNLINK_DRINKS = load("catalogue/unlink_drinks")
LINK_DRINK_FLAVORS = load("catalogue/link_drink_flavors")
LINK_DRINK_STYLES = load("catalogue/link_drink_styles")
LINK_DRINK_PRODUCERS = load("catalogue/link_drink_producers")
DOUBT_DRINKS = load("catalogue/doubt_drinks")

# What an unreadable row leaves unknown: nobody with a limit is offered the drink.
UNMEASURED: dict[str, None] = {"abv": None, "caffeineMgPer100ml": None}


@dataclass
class Drinks:
    """All drinks, those of the graph and those of this import."""

    known: dict[str, dict[str, Any]] = field(default_factory=lambda: dict[str, dict[str, Any]]())
    rows: dict[str, DrinkRow] = field(default_factory=lambda: dict[str, DrinkRow]())
    changed: dict[str, dict[str, Any]] = field(default_factory=lambda: dict[str, dict[str, Any]]())
    rejected: set[str] = field(default_factory=lambda: set[str]())

    def ids(self) -> set[str]:
        """Drinks that the graph has, and those that this import adds."""
        return self.known.keys() | self.rows.keys()


async def read_drinks(job: Job, sources: Sources, ids: Collection[str] | None = None) -> Drinks:
    """Return the drinks; a rejected row leaves its drink in doubt.

    With `ids`, only these of the graph are known.
    """
    if ids is None:
        known = await job.graph.run(KNOWN_DRINKS, deadline=120.0)
    else:
        known = await job.graph.run(KNOWN_DRINKS_OF, ids=sorted(ids), deadline=120.0)
    drinks = Drinks({row["id"]: row for row in known})
    for source in sources.of("drinks"):
        for record, row in job.read(source, DrinkRow):
            if isinstance(row, list):
                _reject(job, drinks, record, row)
            elif row.id not in drinks.rows:
                drinks.rows[row.id] = row
            elif row != drinks.rows[row.id]:
                _reject(job, drinks, record, [Problem("id", row.id, "is there twice")])
    return drinks


def _reject(job: Job, drinks: Drinks, record: Record, problems: list[Problem]) -> None:
    identifier = record.values.get("id", "")
    if record.problem and not identifier:
        raise ImportRefused(
            f"{record.file}, row {record.number}: {record.problem}.",
            "It does not say which drink it is; nothing was imported.",
        )
    job.reject("drinks", record, problems)
    job.doubts.drinks.add(identifier)
    drinks.rejected.add(identifier)


def plan_drinks(job: Job, drinks: Drinks, terms: Terms) -> None:
    """Find out which drinks' own rows the graph does not have yet; merged ones are left out."""
    for row in drinks.rows.values():
        complete = row.recipe_complete and row.id not in job.doubts.drinks
        content = drink_content(row, terms, complete=complete)
        if row.id in drinks.rejected:
            content |= UNMEASURED
        mark = fingerprint(content)
        if drinks.known.get(row.id, {}).get("fingerprint") == mark:
            continue
        if row.id in job.aliases.into:
            job.summary.merged_drinks.add(row.id)
        else:
            drinks.changed[row.id] = {**content, "fingerprint": mark}


def drink_content(row: DrinkRow, terms: Terms, *, complete: bool) -> dict[str, Any]:
    """Return what `drink_steps` writes for a row, without its fingerprint."""
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "description": row.description,
        "abv": row.abv,
        "caffeineMgPer100ml": row.caffeine_mg_per_100ml,
        "sugarG": row.sugar_g,
        "servedHot": row.served_hot,
        "price": row.price,
        "recipeComplete": complete,
        "availableFrom": row.available_from,
        "availableUntil": row.available_until,
        "flavors": sorted(
            {identifier for text in row.flavors if (identifier := terms.flavor(text))}
        ),
        "styles": sorted({identifier for text in row.style if (identifier := terms.style(text))}),
        "producer": row.producer if row.producer and slug(row.producer) else None,
    }


def doubted_drinks(job: Job, drinks: Drinks) -> list[str]:
    """Return the drinks in doubt that have no row in this import and lose something."""
    return sorted(
        identifier
        for identifier in job.doubts.drinks - drinks.rows.keys()
        if drinks.known.get(identifier, {}).get("recipeComplete")
        or (identifier in drinks.rejected and identifier in drinks.known)
    )


def doubt_rows(drinks: Drinks, doubted: list[str]) -> list[dict[str, Any]]:
    """Return the drinks in doubt, each with whether its own row could not be read."""
    return [{"id": id_, "ownRow": id_ in drinks.rejected} for id_ in doubted]


def drink_steps(changed: list[dict[str, Any]]) -> list[Step]:
    """Steps of one transaction: properties, then old links removed, then the new ones."""

    def links(column: str, name: str) -> list[dict[str, str]]:
        return [{"id": row["id"], name: other} for row in changed for other in row[column]]

    producers = [
        {"id": row["id"], "producerId": slug(row["producer"]), "producer": row["producer"]}
        for row in changed
        if row["producer"]
    ]
    return [
        *in_steps(UPSERT_DRINKS, "rows", changed),
        *in_steps(UNLINK_DRINKS, "ids", [row["id"] for row in changed]),
        *in_steps(LINK_DRINK_FLAVORS, "rows", links("flavors", "flavorId")),
        *in_steps(LINK_DRINK_STYLES, "rows", links("styles", "styleId")),
        *in_steps(LINK_DRINK_PRODUCERS, "rows", producers),
    ]
