"""Every change leaves exactly one record, with what was known before and after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.catalogue.changes import Signature, change_catalogue
from graph.catalogue.history import Change, safety_history
from graph.connection import Graph
from graph.importing.statements import Statement, StatementKey, Statements
from tests.integration.graph.importing.support import OPERATOR, Importer
from tests.support.emptying import ask


@pytest.fixture
async def load(graph: Graph, tmp_path: Path) -> Importer:
    """A small world, imported by anna."""
    importer = Importer(graph, tmp_path, by="anna")
    await importer.knowledge()
    await importer(**OPERATOR)
    return importer


async def count(graph: Graph) -> int:
    rows = await ask(graph, "MATCH (change:Change) RETURN count(change) AS changes", "read")
    return rows[0]["changes"]


async def newest(graph: Graph, drink: str) -> Change:
    return (await safety_history(graph, drink))[0]


async def test_a_new_drink_has_one_change_with_nothing_before(graph: Graph, load: Importer) -> None:
    history = await safety_history(graph, "gimlet")
    [made] = [change for change in history if change.subject_id == "gimlet"]
    assert (made.by, made.kind, made.source, made.before) == ("anna", "IMPORT", "operator", ())
    assert made.after == (
        "FREE_FROM milk | House bar | 2026-02-01",
        "alcohol 20.5 %",
        "caffeine not known",
        "contains gin | 50.0 ml",
        "contains lemon-juice | 20.0 ml",
        "contains syrup | 10.0 ml | optional",
        "recipe complete",
    )
    assert {change.subject_id for change in history} == {"gimlet", "gin", "lemon-juice", "syrup"}
    assert history == sorted(history, key=lambda change: -change.version)


async def test_every_drink_and_ingredient_is_recorded_once(graph: Graph, load: Importer) -> None:
    rows = await ask(
        graph,
        "MATCH (subject) WHERE subject:Drink OR subject:Ingredient RETURN subject.id AS id, "
        "COUNT { (subject)<-[:ABOUT]-(:Change) } AS changes",
        "read",
    )
    assert len(rows) > 8
    assert {row["changes"] for row in rows} == {1}


async def test_an_import_twice_records_nothing(graph: Graph, load: Importer) -> None:
    before = await count(graph)
    await load.knowledge()
    await load(**OPERATOR)
    assert await count(graph) == before


async def test_what_does_not_matter_for_safety_is_not_recorded(
    graph: Graph, load: Importer
) -> None:
    before = await count(graph)
    await load(drinks="id,name,recipe_complete\nmystery,Mystery again,false\n")
    renamed = await newest(graph, "mystery")
    assert await count(graph) == before + 1  # it is not complete any more
    await load(drinks="id,name,recipe_complete\nmystery,Mystery once more,false\n")
    assert await count(graph) == before + 1
    assert (renamed.added, renamed.removed) == (("recipe not complete",), ("recipe complete",))


async def test_a_changed_recipe_tells_what_came_and_what_went(graph: Graph, load: Importer) -> None:
    load.by = "ben"
    recipe = "drink_id,ingredient,amount,unit\ngimlet,gin,60,ml\ngimlet,cream,20,ml\n"
    await load(recipes=recipe)
    change = await newest(graph, "gimlet")
    assert (change.subject_id, change.by, change.kind) == ("gimlet", "ben", "IMPORT")
    assert change.added == (
        f"WAS_FREE_FROM milk | House bar | 2026-02-01 | void since {change.at[:10]}",
        "contains cream | 20.0 ml",
        "contains gin | 60.0 ml",
    )
    assert change.removed == (
        "FREE_FROM milk | House bar | 2026-02-01",
        "contains gin | 50.0 ml",
        "contains lemon-juice | 20.0 ml",
        "contains syrup | 10.0 ml | optional",
    )


async def test_the_history_keeps_what_is_no_longer_in_the_drink(
    graph: Graph, load: Importer
) -> None:
    await load(recipes="drink_id,ingredient,amount,unit\ncream-gin,gin,60,ml\n")
    subjects = {change.subject_id for change in await safety_history(graph, "cream-gin")}
    assert subjects == {"cream-gin", "gin", "cream", "dairy"}


async def test_evidence_on_a_part_deep_down_is_in_the_history(graph: Graph, load: Importer) -> None:
    await load(
        allergen_evidence="subject_type,subject,allergen,status,source,observed_at\n"
        "ingredient,dairy,almond,may_contain,a label,2026-02-01\n"
    )
    change = await newest(graph, "cream-gin")
    assert (change.subject_type, change.subject_id) == ("ingredient", "dairy")
    assert (change.added, change.removed) == (("MAY_CONTAIN almond | a label | 2026-02-01",), ())


async def test_a_raw_write_shows_with_the_next_recorded_change(
    graph: Graph, load: Importer
) -> None:
    await ask(
        graph,
        "MATCH (i:Ingredient {id: 'gin'}) SET i.reviewed = false RETURN 1 AS one",
    )
    statement = {
        StatementKey("ingredient", "gin", "egg", "x"): Statement("may_contain", "2026-02-01")
    }
    evidence = Statements(changes=dict(statement))
    signature = Signature("ben", "RECALL", "x", "a note")
    await change_catalogue(graph, evidence.steps("ingredient"), signature, ingredients=["gin"])
    change = await newest(graph, "gimlet")
    assert change.added == ("MAY_CONTAIN egg | x | 2026-02-01", "not reviewed")
    assert change.removed == ("reviewed | test",)
    assert (change.by, change.kind, change.note) == ("ben", "RECALL", "a note")


async def test_a_change_that_is_not_accepted_leaves_no_trace(graph: Graph, load: Importer) -> None:
    before = await count(graph), await newest(graph, "gimlet")

    def refuse(rows: object) -> None:
        raise RuntimeError("not this")

    evidence = Statements(
        changes={StatementKey("ingredient", "gin", "egg", "x"): Statement("contains", "2026-02-01")}
    )
    with pytest.raises(RuntimeError, match="not this"):
        await change_catalogue(
            graph,
            evidence.steps("ingredient"),
            Signature("ben", "RECALL", "x"),
            ingredients=["gin"],
            accept=refuse,
        )
    assert (await count(graph), await newest(graph, "gimlet")) == before


async def test_the_history_of_nothing_is_empty(graph: Graph) -> None:
    assert await safety_history(graph, "no-such-drink") == []
