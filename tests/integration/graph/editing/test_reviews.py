"""Reviews: what blocks most comes first, and each decision is kept with who, when and why."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from graph.catalogue.history import Change, safety_history
from graph.connection import Graph
from graph.editing.reviews import Acceptance, accept, reject, review_queue
from graph.errors import ChangeRefused
from tests.integration.graph.importing.support import OPERATOR, Importer, dump
from tests.support.api import PATHS, Api

RECIPES = """drink_id,ingredient,amount,unit
gimlet,gin,50,ml
gimlet,London dry gim,50,ml
cream-gin,London dry gim,40,ml
cream-gin,heavy cream,20,ml
mystery,gin,40,ml
mystery,Unheard-of bitters,2,dash
"""
GIM, BITTERS = "london-dry-gim", "unheard-of-bitters"


@pytest.fixture
async def load(graph: Graph, tmp_path: Path) -> Importer:
    importer = Importer(graph, tmp_path)
    await importer.knowledge(
        ingredients="id,name,synonyms,is_a,made_of,flavors,reviewed,source\n"
        "dairy,Dairy,,,,,true,test\ncream,Cream,heavy cream,dairy,,,true,test\n"
        "gin,Gin,london gin,spirits,,,true,test\nspirits,Spirits,,,,,true,group of spirits\n"
        "orgeat,Orgeat,,,,,true,test\n"
    )
    await importer(**OPERATOR | {"recipes": RECIPES, "users": "id,allergies\nann,almond\n"})
    return importer


def gin(known: str = "gin") -> Acceptance:
    return Acceptance(GIM, "review by anna", "2026-11-20", known=known)


async def of(graph: Graph, drink: str, subject: str) -> Change:
    """The newest change of one subject in the history of a drink."""
    return next(
        change for change in await safety_history(graph, drink) if change.subject_id == subject
    )


async def test_the_review_queue_begins_with_what_blocks_most(graph: Graph, load: Importer) -> None:
    queue = await review_queue(graph, most=10)
    assert [(ingredient.id, ingredient.drinks, ingredient.rejected) for ingredient in queue] == [
        (GIM, 2, False),
        (BITTERS, 1, False),
    ]
    assert queue[0].examples == ("Cream gin", "Gimlet") or queue[0].examples[0] == "Gimlet"
    assert queue[0].suggestions[0].ingredient == "gin"
    assert "spirits" not in {
        suggestion.ingredient for row in queue for suggestion in row.suggestions
    }
    assert [ingredient.id for ingredient in await review_queue(graph, most=1)] == [GIM]


async def test_accepting_it_as_a_kind_of_something_makes_its_drinks_known(
    graph: Graph, load: Importer
) -> None:
    api = Api(graph)
    await api.start()
    assert (await api.ask(PATHS["recommendations"], "ann", first=10))["items"] == []
    version = await accept(graph, gin(), by="anna", note="a slip of the pen")
    offered = await api.ask(PATHS["recommendations"], "ann", first=10)
    assert {item["drink"]["id"] for item in offered["items"]} == {"gimlet", "cream-gin"}
    change = await of(graph, "gimlet", GIM)
    assert (change.kind, change.by, change.note) == ("REVIEW", "anna", "a slip of the pen")
    assert change.version == version
    assert change.added == ("is a gin | review by anna", "reviewed | review by anna")
    assert change.removed == ("not reviewed",)
    assert [ingredient.id for ingredient in await review_queue(graph, most=10)] == [BITTERS]
    await api.settle()


async def test_accepting_it_with_evidence_keeps_source_and_day(
    graph: Graph, load: Importer
) -> None:
    what = Acceptance(
        BITTERS, "a label", "2026-11-20", allergens=("almond",), traces=("egg", "almond")
    )
    await accept(graph, what, by="anna")
    change = await of(graph, "mystery", BITTERS)
    assert change.source == "a label"
    assert change.added == (
        "HAS_ALLERGEN almond | a label | 2026-11-20",
        "MAY_CONTAIN egg | a label | 2026-11-20",
        "reviewed | a label",
    )


async def test_a_rejection_is_kept_and_leaves_the_list(graph: Graph, load: Importer) -> None:
    await reject(graph, GIM, by="ben", note="could be anything")
    change = await of(graph, "gimlet", GIM)
    assert (change.kind, change.by, change.note) == ("REJECTION", "ben", "could be anything")
    assert change.added == change.removed == () and "not reviewed" in change.after
    assert [ingredient.id for ingredient in await review_queue(graph, most=10)] == [BITTERS]
    everything = await review_queue(graph, most=10, everything=True)
    assert [(ingredient.id, ingredient.rejected) for ingredient in everything] == [
        (GIM, True),
        (BITTERS, False),
    ]


async def test_news_about_a_rejected_one_bring_it_back(graph: Graph, load: Importer) -> None:
    await reject(graph, GIM, by="ben")
    statement = "subject_type,subject,allergen,status,source,observed_at\n"
    await load(
        allergen_evidence=f"{statement}ingredient,{GIM},egg,may_contain,a label,2026-01-01\n"
    )
    assert [ingredient.id for ingredient in await review_queue(graph, most=10)] == [GIM, BITTERS]
    await accept(graph, gin(), by="anna")
    assert [
        ingredient.id for ingredient in await review_queue(graph, most=10, everything=True)
    ] == [BITTERS]


async def test_a_review_outlives_the_next_import(graph: Graph, load: Importer) -> None:
    await accept(graph, gin(), by="anna")
    before = await dump(graph)
    await load(**OPERATOR | {"recipes": RECIPES, "users": "id,allergies\nann,almond\n"})
    assert await dump(graph) == before


@pytest.mark.parametrize(
    ("what", "message"),
    [
        (Acceptance("nothing", "x", "2026-01-01", known="gin"), "no ingredient 'nothing'"),
        (gin("nothing"), "no ingredient 'nothing'"),
        (gin(BITTERS), "has not been reviewed itself"),
        (gin("spirits"), "only groups others"),
        (gin(GIM), "has not been reviewed itself"),
        (Acceptance("gin", "x", "2026-01-01"), "has already been reviewed"),
        (Acceptance(GIM, "x", "2026-01-01", allergens=("milk", "dust")), "Not allergens: dust"),
        (Acceptance(GIM, "group of x", "2026-01-01"), "like that of a group"),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_written(
    graph: Graph, load: Importer, what: Acceptance, message: str
) -> None:
    before = await dump(graph)
    with pytest.raises(ChangeRefused, match=message):
        await accept(graph, what, by="anna")
    assert await dump(graph) == before


async def test_nothing_becomes_a_kind_of_itself(graph: Graph, load: Importer) -> None:
    await load(ingredients=f"id,name,is_a,reviewed,source\nnavy,Navy gin,{GIM},true,test\n")
    before = await dump(graph)
    with pytest.raises(ChangeRefused, match=f"cycle: .*{GIM}"):
        await accept(graph, gin("navy"), by="anna")
    assert await dump(graph) == before


async def test_a_reviewed_or_unknown_ingredient_cannot_be_rejected(
    graph: Graph, load: Importer
) -> None:
    before = await dump(graph)
    for ingredient, message in (("gin", "already been reviewed"), ("nothing", "no ingredient")):
        with pytest.raises(ChangeRefused, match=message):
            await reject(graph, ingredient, by="anna")
    assert await dump(graph) == before


async def test_of_two_reviews_at_once_one_is_made(graph: Graph, load: Importer) -> None:
    both = [accept(graph, gin(), by=name) for name in ("anna", "ben")]
    outcomes = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["ChangeRefused", "int"]
    history = await safety_history(graph, "gimlet")
    assert len([change for change in history if change.kind == "REVIEW"]) == 1
