"""The laws on allergens: what each lists under which name, and what it exempts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.connection import Graph, Row
from graph.query_files import load

REGULATIONS = load("catalogue/regulations")


@dataclass(frozen=True, slots=True, order=True)
class Listing:
    """One allergen on a law's list; `entry` is the law's number, `name` what a label says."""

    allergen: str
    name: str
    entry: str | None
    text: str | None
    source: str | None


@dataclass(frozen=True, slots=True, order=True)
class Exemption:
    """What a law exempts from an allergen; `text` says which product, use or amount."""

    allergen: str
    text: str
    source: str
    ingredient: str | None = None
    ingredient_name: str | None = None


@dataclass(frozen=True)
class Regulation:
    """A law; its listings by allergen, its exemptions in the order of their sources."""

    id: str
    name: str
    source: str | None
    listings: Mapping[str, Listing]
    exemptions: tuple[Exemption, ...]


async def load_regulations(graph: Graph, *, deadline: float | None = None) -> dict[str, Regulation]:
    """Return all regulations by id. Raises a GraphError."""
    rows = await graph.run(REGULATIONS, deadline=deadline)
    return {row["id"]: _regulation(row) for row in rows}


def _regulation(row: Row) -> Regulation:
    listings = sorted(
        (
            Listing(
                listing["allergen"],
                listing["name"],
                listing["entry"],
                listing["text"],
                listing["source"],
            )
            for listing in row["listings"]
        ),
        key=lambda listing: (_number(listing.entry), listing.allergen),
    )
    exemptions = [
        Exemption(
            product["allergen"],
            product["text"],
            product["source"],
            product.get("ingredient"),
            product.get("name"),
        )
        for product in [*row["products"], *row["ingredients"]]
    ]
    return Regulation(
        id=row["id"],
        name=row["name"] or row["id"],
        source=row["source"],
        listings={listing.allergen: listing for listing in listings},
        exemptions=tuple(
            sorted(
                exemptions,
                key=lambda exemption: (
                    exemption.allergen,
                    exemption.source,
                    exemption.ingredient or "",
                ),
            )
        ),
    )


def _number(entry: str | None) -> tuple[int, str]:
    """Return a sort key that orders entries as numbers if they are numbers."""
    return (int(entry), "") if entry and entry.isdigit() else (10_000, entry or "")
