"""People declare by name: what is certain is taken and told, what is not changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.connection import Graph
from tests.integration.graph.importing.support import ALLERGENS, OPERATOR, Importer, dump, links
from tests.support.api import Answer, Api

SET = """mutation ($allergies: [AllergyInput!]!) { answer: setAllergies(allergies: $allergies) {
  __typename
  ... on Me { allergies { allergenId severity acceptsTraces } understood { text id name guest } }
  ... on InvalidInput { argument message advice suggestions { text id name } } } }"""
AVOID = """mutation ($texts: [ID!]!) { answer: setAvoids(ingredients: $texts) { __typename
  ... on Me { avoids understood { text id name } }
  ... on InvalidInput { argument message suggestions { text id } } } }"""
DIETS = """mutation ($texts: [ID!]!) { answer: setDiets(diets: $texts) { __typename
  ... on Me { diets understood { text id } }
  ... on InvalidInput { argument message suggestions { text id } } } }"""
GUESTS = """query ($guests: [GuestInput!]!) { answer: groupRecommendations(guests: $guests) {
  __typename
  ... on GroupRecommendations {
    items { drink { id } people { safety { verdicts { allergenId } } } }
    understood { text id guest } }
  ... on InvalidInput { argument message suggestions { text id } } } }"""
ME = "query { answer: me { ... on Me { allergies { allergenId } understood { text } } } }"
MORE = "peanut,Peanuts,,Annex II\nsoy,Soybeans,,Annex II\n"


@pytest.fixture
async def api(graph: Graph, tmp_path: Path) -> Api:
    """A service over the small world, with peanuts and soy beside its allergens, and a diet."""
    load = Importer(graph, tmp_path)
    await load.knowledge(
        allergens=ALLERGENS + MORE,
        diets="id,name,avoids,source\nno-dairy,Free of dairy,dairy,a society\n",
    )
    await load(**OPERATOR | {"users": "id,allergies\nann,none\n"})
    made = Api(graph)
    await made.start()
    return made


def named(*texts: str, **more: Any) -> list[dict[str, Any]]:
    return [{"allergenId": text, **more} for text in texts]


async def declare(api: Api, *texts: str, **more: Any) -> Answer:
    return await api.ask(SET, "ann", allergies=named(*texts, **more))


@pytest.mark.parametrize(
    ("text", "allergen", "name"),
    [
        ("soya", "soy", "Soybeans"),
        ("lactose", "milk", "Milk"),
        ("Ei", "egg", "Eggs"),
        ("fruits à coque", "tree-nuts", "Tree nuts"),
        ("Peanuts", "peanut", "Peanuts"),
        ("allergic to milk", "milk", "Milk"),
    ],
)
async def test_a_certain_name_is_taken_and_the_answer_says_for_what(
    graph: Graph, api: Api, text: str, allergen: str, name: str
) -> None:
    answer = await declare(api, text, severity="MILD", acceptsTraces=True)
    said = {"allergenId": allergen, "severity": "MILD", "acceptsTraces": True}
    assert answer["allergies"] == [said]
    assert answer["understood"] == [{"text": text, "id": allergen, "name": name, "guest": None}]
    assert ("ann", allergen) in await links(graph, "ALLERGIC_TO")


async def test_ids_are_taken_as_they_are(api: Api) -> None:
    answer = await declare(api, "milk", "almond")
    assert {allergy["allergenId"] for allergy in answer["allergies"]} == {"milk", "almond"}
    assert answer["understood"] == []
    answer = await api.ask(ME, "ann")
    assert answer["understood"] == []


@pytest.mark.parametrize(
    ("texts", "message", "suggested"),
    [
        (("soya", "nuts"), "These have more than one meaning: nuts.", {"peanut", "tree-nuts"}),
        (("lactose", "mlik"), "Not known: mlik.", {"milk"}),
        (("Ei", "not allergic to milk"), "Not known: not allergic to milk.", {"milk"}),
        (
            ("gold", "nuts"),
            "Not known: gold. These have more than one meaning: nuts.",
            {"peanut", "tree-nuts"},
        ),
        (("milk", ""), "Not known: .", set[str]()),
        (("x" * 5_000,), "Not known: " + "x" * 200 + ".", set[str]()),
        (("milk", "lactose"), "The same allergen is named twice.", set[str]()),
    ],
)
async def test_one_name_that_is_not_certain_refuses_all(
    graph: Graph, api: Api, texts: tuple[str, ...], message: str, suggested: set[str]
) -> None:
    await declare(api, "almond")
    before = await dump(graph)
    answer = await declare(api, *texts)
    assert (answer["__typename"], answer["argument"]) == ("InvalidInput", "allergies")
    assert answer["message"] == message
    assert suggested <= {suggestion["id"] for suggestion in answer["suggestions"]}
    assert bool(suggested) == bool(answer["suggestions"])
    assert await dump(graph) == before


async def test_what_is_avoided_may_be_named_in_the_languages_of_labels(api: Api) -> None:
    answer = await api.ask(AVOID, "ann", texts=["Sahne", "dairy", "crème"])
    assert set(answer["avoids"]) == {"cream", "dairy"}
    assert {name["text"]: name["id"] for name in answer["understood"]} == {
        "Sahne": "cream",
        "crème": "cream",
    }
    answer = await api.ask(AVOID, "ann", texts=["gin", "creem"])
    assert (answer["__typename"], answer["message"]) == ("InvalidInput", "Not known: creem.")
    assert "cream" in {suggestion["id"] for suggestion in answer["suggestions"]}
    answer = await api.ask(DIETS, "ann", texts=["Free of dairy"])
    assert answer["diets"] == ["no-dairy"]
    answer = await api.ask(DIETS, "ann", texts=["free of diary"])
    assert [suggestion["id"] for suggestion in answer["suggestions"]] == ["no-dairy"]


async def test_guests_may_be_described_by_names(api: Api) -> None:
    guests: list[dict[str, Any]] = [
        {"name": "Bo", "allergies": named("lactose"), "avoids": ["Sahne"]},
        {"name": "Cy", "allergies": [], "diets": ["Free of dairy"]},
    ]
    answer = await api.ask(GUESTS, None, guests=guests)
    assert [(name["text"], name["id"], name["guest"]) for name in answer["understood"]] == [
        ("lactose", "milk", "Bo"),
        ("Sahne", "cream", "Bo"),
        ("Free of dairy", "no-dairy", "Cy"),
    ]
    assert {item["drink"]["id"] for item in answer["items"]} <= {"gimlet"}
    for item in answer["items"]:
        assert item["people"][0]["safety"]["verdicts"] == [{"allergenId": "milk"}]
    for wrong in (named("nuts"), named("milk", "mlik")):
        answer = await api.ask(GUESTS, None, guests=[{"name": "Bo", "allergies": wrong}])
        assert (answer["__typename"], answer["argument"]) == ("InvalidInput", "guests")
        assert answer["suggestions"]


async def test_an_import_reads_what_is_avoided_in_the_languages_of_labels(
    graph: Graph, tmp_path: Path
) -> None:
    load = Importer(graph, tmp_path)
    await load.knowledge()
    await load(users="id,allergies,avoids\nbo,none,Sahne|Sahnetorte\ncy,none,crème\n")
    assert {("bo", "cream"), ("cy", "cream")} <= await links(graph, "AVOIDS")
    assert [reject[3] for reject in load.rejects()] == ["Sahnetorte"]
