"""What a random world sold: who bought, rated, liked and was offered what, as plain rows."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from graph.connection import Graph
from tests.support.emptying import ask
from tests.support.random_graphs import World, random_world, write
from tests.support.random_offers import furnish, styles_above, write_offers

DAY = 86_400_000
BEGINNING = 1_767_225_600_000  # 2026-01-01, midnight
SEASONS = ("winter", "summer", None)
DAYPARTS = ("morning", "evening", None)


@dataclass(frozen=True)
class Purchase:
    """One purchase; `at` is in milliseconds since 1970."""

    user: str
    drink: str
    at: int | None
    season: str | None
    daypart: str | None


@dataclass
class Shop:
    """A world with what its people did."""

    world: World
    purchases: list[Purchase] = field(default_factory=list[Purchase])
    offers: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    ratings: list[tuple[str, str, float]] = field(default_factory=list[tuple[str, str, float]])
    likes: dict[str, set[str]] = field(default_factory=dict[str, set[str]])

    @property
    def drinks(self) -> list[str]:
        return self.world.ids("drink")

    def node(self, drink: str) -> dict[str, Any]:
        return self.world.graph.nodes["drink", drink]

    def kind(self, drink: str) -> str:
        return self.node(drink)["kind"] or "no kind"

    def styles(self, drink: str) -> set[str]:
        """The styles of a drink, and those that these are part of."""
        return {group for style in self.node(drink)["styles"] for group in styles_above(style)}

    def sold(self, drink: str) -> int:
        return sum(purchase.drink == drink for purchase in self.purchases)

    def buyers(self, drink: str) -> set[str]:
        return {purchase.user for purchase in self.purchases if purchase.drink == drink}


def random_shop(seed: int, people: int = 14) -> Shop:
    draw = random.Random(seed)
    world = random_world(seed, people=people)
    furnish(draw, world)
    world.histories.clear()  # what people did is the shop's own here
    shop = Shop(world)
    drinks, everybody = world.ids("drink"), sorted(world.people)
    for _ in range(120):
        at = draw.choice((None, *(BEGINNING + draw.randrange(60) * DAY + 1 for _ in range(9))))
        season, daypart = draw.choice(SEASONS), draw.choice(DAYPARTS)
        # the last drinks sell nothing
        bought = draw.choice(drinks[:-2])
        shop.purchases.append(Purchase(draw.choice(everybody), bought, at, season, daypart))
    for _ in range(50):
        pair = draw.choice(everybody), draw.choice(drinks[3:])
        shop.offers[pair] = BEGINNING + draw.randrange(60) * DAY
    for _ in range(50):
        rated = draw.choice(everybody), draw.choice(drinks), float(draw.randint(1, 5))
        shop.ratings.append(rated)
    for person in everybody:
        shop.likes[person] = set(draw.sample(("flavor-0", "flavor-1", "flavor-2"), k=2))
    return shop


async def write_shop(shop: Shop, graph: Graph) -> None:
    """Write the world and what its people did into an empty graph."""
    await write(shop.world, graph)
    await write_offers(shop.world, graph)
    purchases = [
        [
            purchase.user,
            purchase.drink,
            purchase.at,
            purchase.season,
            purchase.daypart,
            f"p-{number}",
        ]
        for number, purchase in enumerate(shop.purchases)
    ]
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (u:User {id: row[0]}) MATCH (d:Drink {id: row[1]}) "
        "CREATE (u)-[p:PURCHASED {eventId: row[5], type: 'purchase'}]->(d) "
        "SET p.at = row[2], p.context_season = row[3], p.context_daypart = row[4]",
        rows=purchases,
    )
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (u:User {id: row[0]}) MATCH (d:Drink {id: row[1]}) "
        "MERGE (u)-[o:RECOMMENDED]->(d) SET o.at = row[2]",
        rows=[[user, drink, at] for (user, drink), at in shop.offers.items()],
    )
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (u:User {id: row[0]}) MATCH (d:Drink {id: row[1]}) "
        "CREATE (u)-[:RATED {eventId: row[3], type: 'rating', value: row[2]}]->(d)",
        rows=[[*rated, f"r-{number}"] for number, rated in enumerate(shop.ratings)],
    )
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (u:User {id: row[0]}) MATCH (f:Flavor {id: row[1]}) "
        "MERGE (u)-[:LIKES]->(f)",
        rows=[[user, flavor] for user, liked in shop.likes.items() for flavor in liked],
    )
