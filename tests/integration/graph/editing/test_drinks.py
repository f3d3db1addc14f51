"""The menu: what an operator adds, changes or retires counts in every process, and fails closed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from graph.catalogue.entities import load_catalogue
from graph.catalogue.history import safety_history
from graph.connection import Graph
from graph.editing.drafts import Draft
from graph.editing.drinks import add_drink
from graph.errors import DrinkExists, GraphContended
from graph.importing.files.rows import DrinkRow
from tests.integration.graph.importing.support import OPERATOR, Importer, dump
from tests.support.api import PATHS, Answer, Api

SAVED = """{ __typename
  ... on SavedDrink { drink { id name flavors styles producers } known unrecognised }
  ... on InvalidInput { argument message }
  ... on Failure { advice } }"""
ADD = f'mutation ($drink: DrinkInput!) {{ answer: addDrink(drink: $drink, note: "new") {SAVED} }}'
UPDATE = f"mutation ($drink: DrinkInput!) {{ answer: updateDrink(drink: $drink) {SAVED} }}"
RETIRE = """mutation ($id: ID!) { answer: retireDrink(id: $id) { __typename
  ... on RetiredDrink { drink { id availableUntil } catalogueVersion }
  ... on Failure { advice } } }"""

FIZZ: dict[str, Any] = {
    "id": "lemon-fizz",
    "name": "Lemon fizz",
    "kind": "mocktail",
    "flavors": ["lemony"],
    "styles": ["Sour"],
    "producer": "House bar",
    "recipe": [{"ingredient": "Fresh lemon juice", "amount": 20, "unit": "ml"}],
    "recipeComplete": True,
}


@pytest.fixture
async def apis(graph: Graph, tmp_path: Path) -> list[Api]:
    """Two service processes over the small world; ann is allergic to milk and almond."""
    load = Importer(graph, tmp_path)
    await load.knowledge()
    await load(**OPERATOR | {"users": "id,allergies\nann,milk|almond\nben,none\n"})
    both = [Api(graph), Api(graph)]
    for api in both:
        await api.start()
    return both


async def write(api: Api, text: str, **variables: Any) -> Answer:
    return await api.ask(text, "anna", operator=True, **variables)


async def offered(api: Api, user: str = "ann") -> set[str]:
    answer = await api.ask(PATHS["recommendations"], user, first=50)
    return {item["drink"]["id"] for item in answer["items"]}


async def test_a_new_drink_is_offered_at_once_in_every_process(apis: list[Api]) -> None:
    assert [await offered(api) for api in apis] == [{"gimlet"}, {"gimlet"}]
    saved = await write(apis[0], ADD, drink=FIZZ)
    assert saved["drink"] == {
        "id": "lemon-fizz",
        "name": "Lemon fizz",
        "flavors": ["lemony"],
        "styles": ["sour"],
        "producers": ["house-bar"],
    }
    assert saved["known"] and saved["unrecognised"] == []
    assert [await offered(api) for api in apis] == [{"gimlet", "lemon-fizz"}] * 2
    assert [api.disagreements for api in apis] == [0, 0]


async def test_an_added_drink_is_what_an_import_would_make(
    graph: Graph, apis: list[Api], tmp_path: Path
) -> None:
    await write(apis[0], ADD, drink=FIZZ)
    before = await dump(graph)
    await Importer(graph, tmp_path / "again")(
        drinks="id,name,kind,style,producer,flavors,recipe_complete\n"
        "lemon-fizz,Lemon fizz,mocktail,Sour,House bar,lemony,true\n",
        recipes="drink_id,ingredient,amount,unit\nlemon-fizz,Fresh lemon juice,20,ml\n",
    )
    after = await dump(graph)
    assert after[0] ^ before[0] == set()
    assert after[1] == before[1]


@pytest.mark.parametrize(
    "unclear",
    [
        {"recipeComplete": False},
        {"recipe": []},
        {"recipe": [{"ingredient": "Grandma's secret"}]},
        {"recipe": [{"ingredient": "lemon juice"}, {"ingredient": "orgeat", "optional": True}]},
        {"evidence": [{"allergen": "Milk", "status": "MAY_CONTAIN", "source": "a label"}]},
        {"evidence": [{"allergen": "tree-nuts", "status": "CONTAINS", "source": "a label"}]},
    ],
    ids=lambda case: next(iter(case.values())) if isinstance(case, str) else str(next(iter(case))),
)
async def test_what_is_not_known_of_a_new_drink_keeps_it_from_the_allergic(
    apis: list[Api], unclear: dict[str, Any]
) -> None:
    saved = await write(apis[0], ADD, drink=FIZZ | unclear)
    assert saved["__typename"] == "SavedDrink", saved
    for api in apis:
        assert await offered(api) == {"gimlet"}
        assert "lemon-fizz" in await offered(api, "ben")
    assert [api.disagreements for api in apis] == [0, 0]


async def test_a_drink_is_changed_as_a_whole_and_evidence_stays(apis: list[Api]) -> None:
    label = {"allergen": "milk", "status": "CONTAINS", "source": "a label"}
    await write(apis[0], ADD, drink=FIZZ | {"evidence": [label]})
    assert await offered(apis[1]) == {"gimlet"}
    changed = {name: FIZZ[name] for name in ("id", "recipe", "recipeComplete")} | {"name": "Fizz"}
    saved = await write(apis[0], UPDATE, drink=changed)
    assert saved["drink"]["name"] == "Fizz" and saved["drink"]["flavors"] == []
    assert await offered(apis[1]) == {"gimlet"}  # the label still says that there is milk in it
    weaker = {
        "allergen": "milk",
        "status": "ABSENT",
        "source": "a label",
        "observedAt": "2026-02-01",
    }
    await write(apis[0], UPDATE, drink=changed | {"evidence": [weaker]})
    assert await offered(apis[1]) == {"gimlet", "lemon-fizz"}
    saved = await write(apis[0], UPDATE, drink={"id": "lemon-fizz", "name": "Fizz"})
    assert not saved["known"]
    await write(
        apis[1],
        UPDATE,
        drink={
            "id": "gimlet",
            "name": "G",
            "recipe": [{"ingredient": "cream"}],
            "recipeComplete": True,
        },
    )
    assert await offered(apis[0]) == set()  # cream counts more than what was declared before


async def test_a_retired_drink_is_offered_to_nobody(
    graph: Graph, apis: list[Api], tmp_path: Path
) -> None:
    retired = await write(apis[0], RETIRE, id="gimlet")
    assert retired["drink"]["availableUntil"] < apis[0].today.isoformat()
    for api in apis:
        for user in ("ann", "ben"):
            for path in ("recommendations", "popularDrinks", "drinks"):
                answer = await api.ask(PATHS[path], user, first=50)
                assert "gimlet" not in {item["drink"]["id"] for item in answer["items"]}
    await Importer(graph, tmp_path / "again")(**OPERATOR | {"users": "id,allergies\nann,milk\n"})
    assert "gimlet" not in await offered(apis[1], "ben")


async def test_what_cannot_be_used_changes_nothing(graph: Graph, apis: list[Api]) -> None:
    before = await dump(graph)
    wrong: list[tuple[str, dict[str, Any], str]] = [
        (ADD, FIZZ | {"id": "gimlet"}, "drink.id"),
        (ADD, FIZZ | {"flavors": ["loud"]}, "drink.flavors"),
        (ADD, FIZZ | {"styles": ["loud"]}, "drink.styles"),
        (ADD, FIZZ | {"abv": 101}, "drink.abv"),
        (ADD, FIZZ | {"name": ""}, "drink.name"),
        (ADD, FIZZ | {"id": "a|b"}, "drink.id"),
        (ADD, FIZZ | {"availableFrom": "soon"}, "drink.available_from"),
        (ADD, FIZZ | {"recipe": [{"ingredient": "..."}]}, "drink.recipe.ingredient"),
        (ADD, FIZZ | {"recipe": [{"ingredient": "gin", "amount": -1}]}, "drink.recipe.amount"),
        (
            ADD,
            FIZZ | {"evidence": [{"allergen": "dust", "status": "CONTAINS", "source": "x"}]},
            "drink.evidence.allergen",
        ),
        (
            ADD,
            FIZZ | {"evidence": [{"allergen": "milk", "status": "ABSENT", "source": "x"}]},
            "drink.evidence",
        ),
    ]
    for text, drink, argument in wrong:
        answer = await write(apis[0], text, drink=drink)
        assert (answer["__typename"], answer["argument"]) == ("InvalidInput", argument)
    assert (await write(apis[0], UPDATE, drink=FIZZ))["__typename"] == "DrinkNotFound"
    assert (await write(apis[0], RETIRE, id="lemon-fizz"))["__typename"] == "DrinkNotFound"
    assert await dump(graph) == before


async def test_only_operators_may(graph: Graph, apis: list[Api]) -> None:
    before = await dump(graph)
    for text, variables in (
        (ADD, {"drink": FIZZ}),
        (UPDATE, {"drink": FIZZ | {"id": "gimlet"}}),
        (RETIRE, {"id": "gimlet"}),
    ):
        assert (await apis[0].ask(text, "ann", **variables))["__typename"] == "NotAllowed"
        assert (await apis[0].ask(text, None, **variables))["__typename"] == "NotSignedIn"
    assert await dump(graph) == before


async def test_who_changed_a_drink_and_why_is_kept(graph: Graph, apis: list[Api]) -> None:
    await write(apis[0], ADD, drink=FIZZ)
    change = (await safety_history(graph, "lemon-fizz"))[0]
    assert (change.by, change.kind, change.source, change.note) == (
        "anna",
        "EDIT",
        "operator",
        "new",
    )
    assert "contains lemon-juice | 20.0 ml" in change.added and not change.removed


async def test_of_two_who_add_the_same_drink_one_is_told(graph: Graph, apis: list[Api]) -> None:
    catalogue = await load_catalogue(graph)

    async def add(name: str) -> object:
        draft = Draft(DrinkRow(id="one", name=name))
        return await add_drink(graph, draft, catalogue, by=name, source="operator", note=None)

    results = await asyncio.gather(*(add(f"n{n}") for n in range(4)), return_exceptions=True)
    assert sum(isinstance(result, DrinkExists) for result in results) == 3, results


async def test_many_drinks_added_at_once_that_share_a_new_ingredient_are_all_saved(
    apis: list[Api],
) -> None:
    shared = [{"ingredient": "Yuzu kosho shrub", "amount": 20, "unit": "ml"}]
    drinks = [FIZZ | {"id": f"fizz-{n}", "name": f"F{n}", "recipe": shared} for n in range(24)]
    adding = (write(apis[at % 2], ADD, drink=drink) for at, drink in enumerate(drinks))
    answers = await asyncio.gather(*adding)
    assert {answer["__typename"] for answer in answers} == {"SavedDrink"}


async def test_one_drink_updated_by_many_at_once_is_saved_by_each(apis: list[Api]) -> None:
    await write(apis[0], ADD, drink=FIZZ)
    said = [{"allergen": "milk", "status": "MAY_CONTAIN", "source": f"till {n}"} for n in range(12)]
    updating = (
        write(apis[at % 2], UPDATE, drink=FIZZ | {"evidence": [statement]})
        for at, statement in enumerate(said)
    )
    answers = await asyncio.gather(*updating)
    assert {answer["__typename"] for answer in answers} == {"SavedDrink"}


async def test_contention_is_a_conflict_and_not_an_absent_graph(
    apis: list[Api], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def contended(*_: Any, **__: Any) -> Any:
        raise GraphContended("others were faster")

    monkeypatch.setattr(Graph, "run_together", contended)
    assert (await write(apis[0], ADD, drink=FIZZ))["__typename"] == "Conflict"
