"""Nothing that has arrived in part, or cannot be used, makes anything look safer."""

from __future__ import annotations

import pytest

from graph.capture.changes import Message
from graph.connection import Graph
from graph.verdicts.gate import ask_gate
from tests.integration.graph.capture.support import (
    ALMOND,
    DRINK,
    END,
    INGREDIENT,
    LINE,
    Shop,
    message,
)
from tests.support.emptying import ask

ABSENT = ALMOND | {"status": "absent", "seen": "2026-01-31"}
CHANGES = "MATCH (change:Change) RETURN count(change) AS changes"
SAID = """MATCH (:Ingredient {id: 'shop-i1'})-[said:HAS_ALLERGEN|FREE_FROM]->(allergen:Allergen)
RETURN type(said) + ' ' + allergen.id AS said"""


async def test_a_recipe_that_arrived_in_part_is_not_complete(shop: Shop) -> None:
    other = {"id": 2, "drink_id": 1, "ingredient_id": 2, "amount": 10}
    assert await shop.sour() == {
        "complete": True,
        "until": None,
        "price": None,
        "parts": ["shop-i1"],
    }
    # one transaction: the syrup goes, and something that nobody knows comes
    await shop(message(20, "d", "recipe_lines", LINE))
    assert not (await shop.sour())["complete"]
    await shop(message(21, "c", "recipe_lines", other))
    assert not (await shop.sour())["complete"]
    await shop(END)
    sour = await shop.sour()
    assert (sour["complete"], sour["parts"]) == (True, ["shop-i2"])
    assert not await shop.reviewed("shop-i2")


async def test_a_snapshot_that_arrived_in_part_makes_nothing_complete(known: Graph) -> None:
    shop = Shop(known)
    await shop(message(10, "r", "drinks", DRINK, snapshot="first"))
    await shop(message(10, "r", "ingredients", INGREDIENT, snapshot="true"))
    await shop(message(10, "r", "recipe_lines", LINE, snapshot="true"))
    assert not (await shop.sour())["complete"]
    assert not await shop.reviewed()
    # begun again somewhere else, after the process has ended
    shop = Shop(known)
    await shop(message(12, "r", "drinks", DRINK, snapshot="first"))
    await shop(message(12, "r", "ingredients", INGREDIENT, snapshot="true"))
    assert not (await shop.sour())["complete"]
    await shop(message(12, "r", "ingredient_allergens", ALMOND, snapshot="last"))
    sour = await shop.sour()
    assert (sour["complete"], sour["parts"]) == (True, ["shop-i1"]), "no line was read: it stays"
    assert await shop.reviewed()
    [before] = await ask(known, CHANGES)
    # taken again, with a line that has gone: nothing else is written, and nothing flickers
    await shop(message(20, "r", "drinks", DRINK, snapshot="first"))
    await shop(
        message(20, "r", "recipe_lines", LINE | {"id": 2}, snapshot="true"),
        message(20, "r", "ingredients", INGREDIENT, snapshot="true"),
        message(20, "r", "ingredient_allergens", ALMOND, snapshot="last"),
    )
    assert (await shop.sour())["parts"] == ["shop-i1"]
    assert [before] == await ask(known, CHANGES)


@pytest.mark.parametrize(
    "weaker",
    [
        message(20, "d", "ingredient_allergens", ALMOND),
        message(20, "u", "ingredient_allergens", ABSENT, old=ALMOND),
    ],
    ids=["deleted", "said to be absent"],
)
async def test_evidence_that_goes_does_not_make_absent(shop: Shop, weaker: Message) -> None:
    assert await ask(shop.graph, SAID) == [{"said": "HAS_ALLERGEN almond"}]
    await shop(weaker, END)
    assert await ask(shop.graph, SAID) == []
    assert not await shop.reviewed()
    # an older message about the ingredient does not help; its row, written again, does
    await shop(message(15, "u", "ingredients", INGREDIENT), END)
    assert not await shop.reviewed()
    await shop(message(21, "u", "ingredients", INGREDIENT), END)
    assert await shop.reviewed()


async def test_what_a_row_takes_back_counts_from_when_it_did(shop: Shop) -> None:
    """Though all that came after it is seen together."""
    later = ABSENT | {"seen": "2026-02-28"}
    await shop(
        message(20, "u", "ingredient_allergens", ABSENT, old=ALMOND),
        message(21, "u", "ingredients", INGREDIENT),
        message(22, "u", "ingredient_allergens", later, old=ABSENT),
        END,
    )
    assert await ask(shop.graph, SAID) == [{"said": "FREE_FROM almond"}]
    assert await shop.reviewed()


async def test_a_row_that_cannot_be_used_leaves_doubt_until_it_is_mended(shop: Shop) -> None:
    odd = ALMOND | {"id": 2, "allergen": "unheard-of"}
    done = await shop(message(20, "c", "ingredient_allergens", odd), END)
    assert done.troubled == 1
    assert await shop.problems() == ["allergen 'unheard-of' is not a known allergen"]
    assert not await shop.reviewed()
    await shop(message(21, "u", "ingredient_allergens", odd | {"allergen": "egg"}), END)
    assert await shop.problems() == []
    await shop(message(22, "u", "ingredients", INGREDIENT), END)
    assert await shop.reviewed()
    lost = {"id": 9, "drink_id": 7, "ingredient_id": 1, "amount": 1}
    await shop(message(23, "c", "recipe_lines", lost), END)
    assert await shop.problems() == ["drink_id 'shop-d7' is not a known drink"]
    await shop(message(24, "c", "drinks", DRINK | {"id": 7}), END)
    assert await shop.problems() == []


async def test_a_deleted_drink_is_retired_and_nothing_late_brings_it_back(shop: Shop) -> None:
    await shop(message(20, "d", "drinks", DRINK), END)
    sour = await shop.sour()
    assert sour["until"] and not sour["complete"]
    done = await shop(message(19, "u", "drinks", DRINK | {"name": "Late"}), END)
    assert (done.applied, done.refused) == (0, 1)
    assert (await shop.sour())["until"]
    done = await shop(message(20, "d", "drinks", DRINK), END)
    assert (done.applied, done.repeated) == (0, 1)
    # the same row, put back
    await shop(message(30, "c", "drinks", DRINK), END)
    assert await shop.sour() == {
        "complete": True,
        "until": None,
        "price": None,
        "parts": ["shop-i1"],
    }
    await shop(message(31, "d", "ingredients", INGREDIENT), END)
    assert not await shop.reviewed()


async def test_the_gate_knows_at_once_and_it_is_recorded(shop: Shop) -> None:
    await ask(
        shop.graph,
        "MATCH (milk:Allergen {id: 'milk'}) CREATE (:User {id: 'ann', version: 1, unresolved: [], "
        "allergiesDeclaredAt: '2026-01-01T00:00:00Z'})-[:ALLERGIC_TO {severity: 'SEVERE'}]->(milk)",
    )
    [safe] = (await ask_gate(shop.graph, "ann", ["shop-d1"])).values()
    assert safe.status == "SAFE"
    milk = ALMOND | {"id": 2, "allergen": "milk"}
    await shop(message(20, "c", "ingredient_allergens", milk), END)
    [unsafe] = (await ask_gate(shop.graph, "ann", ["shop-d1"])).values()
    assert unsafe.status == "UNSAFE"
    text = """MATCH (change:Change)-[:ABOUT]->(:Ingredient {id: 'shop-i1'})
    RETURN change.by AS by, change.kind AS kind, change.source AS source
    ORDER BY change.version DESC LIMIT 1"""
    assert await ask(shop.graph, text) == [
        {"by": "capture", "kind": "IMPORT", "source": "Harbour bar"}
    ]
