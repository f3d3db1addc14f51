from __future__ import annotations

import pytest

from graph.connection import Graph
from tests.integration.graph.importing.support import OPERATOR, Importer, dump, links, values
from tests.support.emptying import ask, empty


async def test_every_table_arrives(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    summary = await load(**OPERATOR)

    assert {name: (table.read, table.written) for name, table in summary.tables.items()} == {
        "drinks": (3, 3),
        "recipes": (7, 7),
        "allergen_evidence": (2, 2),
        "users": (3, 3),
        "interactions": (7, 7),
    }
    assert (summary.recipe_rows, summary.recipe_rows_resolved) == (7, 6)
    assert summary.ingredients_created == 1
    assert load.rejects() == []
    assert await links(graph, "CONTAINS") == {
        ("gimlet", "gin"),
        ("gimlet", "lemon-juice"),
        ("gimlet", "syrup"),
        ("cream-gin", "gin"),
        ("cream-gin", "cream"),
        ("mystery", "gin"),
        ("mystery", "unheard-of-bitters"),
    }
    assert await links(graph, "IS_A") == {("cream", "dairy")}
    assert await links(graph, "MADE_OF") == {("irish-cream", "cream")}
    assert await links(graph, "HAS_ALLERGEN") == {("dairy", "milk"), ("orgeat", "almond")}
    assert await links(graph, "MAY_CONTAIN") == {("cream-gin", "egg")}
    assert await links(graph, "FREE_FROM") == {("gimlet", "milk")}
    assert await links(graph, "PART_OF") == {("almond", "tree-nuts"), ("lemony", "citrus")}
    assert await links(graph, "OF_STYLE") == {("gimlet", "sour"), ("cream-gin", "sour")}
    assert await links(graph, "MADE_BY") == {("gimlet", "house-bar"), ("cream-gin", "house-bar")}
    assert await links(graph, "ALLERGIC_TO") == {("ann", "milk"), ("ann", "almond")}
    assert await links(graph, "AVOIDS") == {("ann", "dairy")}
    assert await links(graph, "LIKES") == {
        ("ann", "citrus"),
        ("ben", "sour"),
        ("ben", "lemon-juice"),
    }
    assert await links(graph, "DISLIKES") == {("ann", "gin")}
    assert await links(graph, "PURCHASED") == {("ann", "gimlet")}
    assert await links(graph, "RATED") == {
        ("ann", "gimlet"),
        ("dan", "mystery"),
        ("dan", "gimlet"),
    }
    reviewed = await values(graph, "Ingredient", "reviewed")
    assert [name for name, flag in reviewed.items() if flag is False] == ["unheard-of-bitters"]


async def test_properties_arrive_with_their_types(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    await load(**OPERATOR)

    (drink,) = await ask(
        graph, "MATCH (d:Drink {id: 'gimlet'}) RETURN properties(d) AS properties", "read"
    )
    properties = drink["properties"]
    assert (properties["abv"], properties["price"], properties["recipeComplete"]) == (
        20.5,
        9.0,
        True,
    )
    assert properties["availableFrom"] == "2026-01-01" and "description" not in properties
    lines = await ask(
        graph,
        "MATCH (:Drink {id: 'gimlet'})-[line:CONTAINS]->(part:Ingredient) RETURN part.id AS id, "
        "line.amount AS amount, line.unit AS unit, line.optional AS optional ORDER BY id",
        "read",
    )
    assert [tuple(line.values()) for line in lines] == [
        ("gin", 50.0, "ml", False),
        ("lemon-juice", 20.0, "ml", False),
        ("syrup", 10.0, "ml", True),
    ]
    events = await ask(
        graph,
        "MATCH (user:User)-[event:PURCHASED|RATED|VIEWED|SAVED]->(:Drink) RETURN user.id AS user, "
        "type(event) AS kind, event.type AS type, event.value AS value, event.at AS at, "
        "event.context_place AS place, event.eventId AS id",
        "read",
    )
    assert {tuple(event.values())[:6] for event in events} == {
        ("ann", "PURCHASED", "purchase", 2.0, 1772366400000, "bar"),
        ("ann", "RATED", "like", 1.0, 1772366400000, None),
        ("ben", "VIEWED", "view", None, None, None),
        ("dan", "RATED", "rating", 4.5, 1772366400000, None),
        ("dan", "SAVED", "save", None, None, None),
        ("dan", "RATED", "dislike", -1.0, None, None),
    }
    assert len(events) == len({event["id"] for event in events}) == 7
    assert await values(graph, "User", "version") == {"ann": 3, "ben": 3, "cat": 1, "dan": 3}


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
async def test_the_three_formats_make_the_same_graph(
    graph: Graph, load: Importer, suffix: str
) -> None:
    await load.knowledge()
    await load(**OPERATOR)
    expected = await dump(graph, counters=False)
    await empty(graph)
    await load.knowledge()
    await load(suffix, **OPERATOR)
    assert await dump(graph, counters=False) == expected


async def test_an_import_twice_changes_nothing(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    await load(**OPERATOR)
    once = await dump(graph)
    known = await load.knowledge()
    summary = await load(**OPERATOR)
    assert await dump(graph) == once
    for table in (*known.tables.values(), *summary.tables.values()):
        assert (table.written, table.unchanged) == (0, table.read)


async def test_twice_is_identical_also_with_rejects(graph: Graph, load: Importer) -> None:
    wrong = OPERATOR | {
        "recipes": OPERATOR["recipes"] + "gimlet,!!!,1,ml,\nnobody,gin,1,ml,\n",
        "allergen_evidence": OPERATOR["allergen_evidence"] + "ingredient,syrup,dust,contains,x,\n",
        "users": OPERATOR["users"] + "eve,moon dust,,,,\nann,egg,,,,\n,milk,,,,\n",
        "interactions": OPERATOR["interactions"] + "e9,ann,nothing,view,,,\n",
    }
    await load.knowledge()
    await load(**wrong)
    once, rejects = await dump(graph), load.rejects()
    summary = await load(**wrong)
    assert await dump(graph) == once
    assert load.rejects() == rejects
    assert {table.written for table in summary.tables.values()} == {0}
    assert len(rejects) == 7


async def test_the_version_advances_once_a_batch_and_marks_what_changed(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    await load(**OPERATOR)
    before = (await values(graph, "Catalogue", "version"))["catalogue"]
    await load(drinks="id,name,recipe_complete\nmystery,Mystery again,true\n")
    assert (await values(graph, "Catalogue", "version"))["catalogue"] == before + 1
    changed = await values(graph, "Drink", "changedAt")
    assert [drink for drink, at in changed.items() if at == before + 1] == ["mystery"]
    structure = await values(graph, "Catalogue", "structureVersion")
    assert structure["catalogue"] < before + 1
    await load(drinks="id,name,flavors\nsmoke,Smoke,never tasted\n")
    assert (await values(graph, "Catalogue", "structureVersion"))["catalogue"] > before + 1


async def test_only_people_with_news_get_a_new_version(graph: Graph, load: Importer) -> None:
    await load.knowledge()
    await load(**OPERATOR)
    before = await values(graph, "User", "version")
    await load(interactions=OPERATOR["interactions"] + "e10,cat,gimlet,view,,,\n")
    after = await values(graph, "User", "version")
    assert {name for name in after if after[name] != before[name]} == {"cat"}


async def test_words_of_a_context_follow_the_rules_of_the_api_too(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    await load(drinks="id,name\ngimlet,Gimlet\n")
    rows = f"w1,ann,gimlet,view,brunch,\nw2,ann,gimlet,view,,{'x' * 41}\n"
    head = "event_id,user_id,drink_id,type,context_daypart,context_place\n"
    summary = await load(interactions=f"{head}{rows}e1,ann,gimlet,view, Evening ,BAR\n")
    assert summary.tables["interactions"].written == 1
    assert [field for _, _, field, _ in load.rejects()] == ["context_daypart", "context_place"]
    query = "MATCH (:User)-[e:VIEWED]->() RETURN e.context_daypart AS d, e.context_place AS p"
    assert await ask(graph, query, "read") == [{"d": "evening", "p": "bar"}]


async def test_events_that_the_api_refuses_are_rejected_by_the_same_rules(
    graph: Graph, load: Importer
) -> None:
    await load.knowledge()
    await load(drinks="id,name\ngimlet,Gimlet\nchai,Chai\n")
    head = "event_id,user_id,drink_id,type,value,at\n"
    wrong = [
        ("rating", "0", ""),
        ("rating", "-5", ""),
        ("rating", "87", ""),
        ("rating", "1e9", ""),
        ("purchase", "-1", ""),
        ("purchase", "1e300", ""),
        ("view", "", "2099-01-01"),
        ("view", "", "46053"),
    ]
    rows = [f"w{n},ann,gimlet,{','.join(cells)}\n" for n, cells in enumerate(wrong)]
    summary = await load(interactions=head + "".join(rows) + "e1,ann,gimlet,view,,20260131\n")
    counts = summary.tables["interactions"]
    assert (counts.read, counts.rejected, counts.written) == (9, 8, 1)
    assert [field for _, _, field, _ in load.rejects()] == ["value"] * 6 + ["at"] * 2
    summary = await load(
        interactions=head + "e1,ann,chai,view,,20260131\ne1,ben,chai,view,,20260131\n"
    )
    assert summary.tables["interactions"].written == 1
    assert [reject[2:] for reject in load.rejects()] == [("event_id", "e1")]
    assert await links(graph, "VIEWED") == {("ann", "gimlet"), ("ben", "chai")}
