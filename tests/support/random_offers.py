"""What a random world needs to be asked for drinks: names, kinds, prices, dates, histories."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from embeddings.data.dataset import ATTRIBUTE_TYPES, OPINION_TYPES
from embeddings.serving.artefact import ModelArtefact
from graph.catalogue.changes import NOTE_DRINKS, NOTE_INGREDIENTS
from graph.connection import Graph
from graph.safety_rule import Node
from tests.support.emptying import ask
from tests.support.random_graphs import Deed, World

TODAY = date(2026, 11, 21)
KINDS = ("coffee", "tea", "beer", None)
WORDS = ("Sour", "Fizz", "Black", "Old")
FLAVORS = ("flavor-0", "flavor-1", "flavor-2")
STYLES = {"style-0": (), "style-1": ("style-0",), "style-2": ("style-1",), "style-3": ()}
DATES = (None, None, None, "2026-11-20", "2026-11-21", "2026-11-21T23:00:00Z", "2026-11-22")


def furnish(draw: random.Random, world: World) -> None:
    """Give every drink what filters and order look at, and some people a history."""
    for name in world.ids("drink"):
        world.graph.nodes["drink", name].update(random_offer(draw))
    first = world.graph.nodes["drink", world.ids("drink")[0]]
    # so that `drinksNear` always has something to be near to
    first["flavors"] = tuple(dict.fromkeys((*first["flavors"], FLAVORS[0])))
    for person in world.people:
        for _ in range(draw.choice((0, 0, 2, 5))):
            world.histories.setdefault(person, []).append(random_deed(draw, world))


def random_offer(draw: random.Random) -> dict[str, Any]:
    return {
        "name": f"{draw.choice(WORDS)} {draw.choice(WORDS)}",  # the same name now and then
        "kind": draw.choice(KINDS),
        "price": draw.choice((None, 3.0, 7.5)),
        "hot": draw.choice((None, True, False)),
        "begins": draw.choice(DATES),
        "ends": draw.choice(DATES),
        "flavors": tuple(draw.sample(FLAVORS, k=draw.choice((0, 1, 2)))),
        "styles": tuple(draw.sample(sorted(STYLES), k=draw.choice((0, 1, 1)))),
    }


def random_deed(draw: random.Random, world: World) -> Deed:
    """Something done after everything that was done before."""
    world.clock += 1000
    type_ = draw.choice(("purchase", "purchase", "rating", "like", "dislike", "save", "view"))
    value = {"rating": float(draw.choice((1, 2, 5))), "like": 1.0, "dislike": -1.0}.get(type_)
    drink = draw.choice(world.ids("drink"))
    return Deed(f"event-{world.clock}", drink, type_, value, world.clock)


async def write_offers(world: World, graph: Graph) -> None:
    """Write what `furnish` added; the world itself is there already."""
    await ask(graph, "UNWIND $ids AS id MERGE (n:Flavor {id: id}) SET n.name = id", ids=FLAVORS)
    await ask(graph, "UNWIND $ids AS id MERGE (n:Style {id: id}) SET n.name = id", ids=list(STYLES))
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (a:Style {id: row.id}) MATCH (b:Style {id: row.group}) "
        "MERGE (a)-[:PART_OF]->(b)",
        rows=[
            {"id": style, "group": group} for style, groups in STYLES.items() for group in groups
        ],
    )
    nodes = {name: world.graph.nodes["drink", name] for name in world.ids("drink")}
    await ask(
        graph,
        "UNWIND $rows AS row MATCH (d:Drink {id: row.id}) SET d.name = row.name, "
        "d.kind = row.kind, d.price = row.price, d.servedHot = row.hot, "
        "d.availableFrom = row.begins, d.availableUntil = row.ends",
        rows=[
            {"id": name, **{key: node[key] for key in ("name", "kind", "price", "hot")}}
            | {"begins": node["begins"], "ends": node["ends"]}
            for name, node in nodes.items()
        ],
    )
    for type_, label, key in (("HAS_FLAVOR", "Flavor", "flavors"), ("OF_STYLE", "Style", "styles")):
        await ask(
            graph,
            f"UNWIND $rows AS row MATCH (d:Drink {{id: row.id}}) MATCH (t:{label} {{id: row.to}}) "
            f"MERGE (d)-[:{type_}]->(t)",
            rows=[{"id": name, "to": to} for name, node in nodes.items() for to in node[key]],
        )
    await _write_histories(world, graph)
    await note_all(world, graph)


async def note_all(world: World, graph: Graph) -> None:
    """Note what everything is made of, as a first change of it would."""
    for label, query in (("drink", NOTE_DRINKS), ("ingredient", NOTE_INGREDIENTS)):
        await graph.run(query, ids=world.ids(label))
        for name in world.ids(label):
            world.voiding.note((label, name))
    for _, _, data in world.graph.edges(data=True):
        data["step"] = 0  # written before any change


async def _write_histories(world: World, graph: Graph) -> None:
    types = {"purchase": "PURCHASED", "save": "SAVED", "view": "VIEWED"}
    for type_ in ("PURCHASED", "SAVED", "VIEWED", "RATED"):
        await ask(
            graph,
            "UNWIND $rows AS row MATCH (u:User {id: row.user}) MATCH (d:Drink {id: row.drink}) "
            f"CREATE (u)-[:{type_} {{eventId: row.event, type: row.type, value: row.value, "
            "at: row.at}]->(d)",
            rows=[
                {"user": user, "drink": deed.drink, "event": deed.event_id, "type": deed.type}
                | {"value": deed.value, "at": deed.at}
                for user, deeds in world.histories.items()
                for deed in deeds
                if types.get(deed.type, "RATED") == type_
            ],
        )


def random_model(draw: random.Random, world: World, hidden: int = 6) -> ModelArtefact:
    """An untrained model that knows most of the drinks; the others are new to it."""
    numbers = np.random.default_rng(draw.randrange(2**32))
    known = [name for name in world.ids("drink") if draw.random() < 0.8] or world.ids("drink")
    ids = {
        "drink": tuple(known),
        "ingredient": tuple(world.ids("ingredient")),
        "flavor": FLAVORS,
        "style": tuple(STYLES),
        "producer": (),
        "kind": tuple(kind for kind in KINDS if kind),
    }

    def normal(*shape: int) -> np.ndarray:
        return numbers.normal(size=shape).astype(np.float32)

    arrays = {"drink_vectors": normal(len(known), hidden)}
    arrays |= {"drink_sources": normal(len(known), hidden), "default": normal(hidden)}
    arrays |= {f"state.{kind}": normal(len(ids[kind]), hidden) for kind in ATTRIBUTE_TYPES}
    arrays |= {f"attribute.{kind}": normal(hidden, hidden) for kind in ATTRIBUTE_TYPES}
    arrays |= {f"opinion.{kind}": normal(hidden, hidden) for kind in OPINION_TYPES}
    artefact = ModelArtefact(
        "random-model", "none", ids, arrays, {"recency": 0.5, "cold_gain": 1.0}, {}
    )
    artefact.check()
    return artefact


def styles_within(styles: Sequence[str]) -> set[str]:
    """These styles and all below them."""
    return {style for style in STYLES if not styles_above(style).isdisjoint(styles)}


def styles_above(style: str) -> set[str]:
    return {style}.union(*(styles_above(group) for group in STYLES[style]))


def parts_of(world: World, drink: str) -> list[str]:
    node: Node = ("drink", drink)
    edges = world.graph.out_edges(node, data="type")
    return [name for _, (_, name), type_ in edges if type_ == "CONTAINS"]
