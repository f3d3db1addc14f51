"""The safety of a drink over the API: verdicts for anybody, evidence for each, laws by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gql.execution.limits import CostLimits
from gql.request.context import Context
from graph.connection import Graph
from graph.errors import GraphUnavailable
from graph.people.declarations import declare_allergies
from graph.query import Query
from graph.safety_rule import Allergy
from tests.integration.graph.importing.support import OPERATOR, Importer
from tests.support.api import Api, Claims, schema
from tests.support.emptying import ask

EVIDENCE = """
fragment safety on Safety {
  status recipeKnown avoided catalogueVersion
  verdicts {
    allergenId name verdict tracesAccepted regulations { regulationId name entry source }
    evidence {
      kind decides path { id name } allergenId source observedAt text parts regulationId
      regulations { regulationId regulation name entry source }
    }
  }
  replay { query parameters }
}
"""
DRINK = (
    """query ($id: ID!, $allergens: [ID!]) { answer: drink(id: $id) { __typename
  ... on Drink { safety(forAllergens: $allergens) { ...safety } } } }"""
    + EVIDENCE
)
LIST = (
    """query ($allergens: [ID!]) { answer: popularDrinks(first: 100) { ... on Recommendations {
  items { drink { id safety(forAllergens: $allergens) { ...safety } } } } } }"""
    + EVIDENCE
)


@pytest.fixture
async def api(graph: Graph, tmp_path: Path) -> Api:
    """A service over three drinks: one declared free from milk, one with cream, one unknown."""
    importer = Importer(graph, tmp_path)
    await importer.knowledge()
    await importer(".csv", None, None, **OPERATOR)
    made = Api(graph)
    await made.start()
    return made


async def verdict(api: Api, drink: str, user: str | None = None, **given: Any) -> dict[str, Any]:
    """The only verdict on a drink."""
    answer = await api.ask(DRINK, user, id=drink, **given)
    [only] = answer["safety"]["verdicts"]
    return only


async def errors(api: Api, query: str, user: str | None = None, **given: Any) -> list[Any]:
    context = Context(api.dependencies, Claims(user) if user else None)
    result = await schema().execute(query, variable_values=given, context_value=context)
    return [(error.message, error.extensions) for error in result.errors or ()]


async def test_presence_comes_with_its_path_source_date_and_law(api: Api) -> None:
    milk = await verdict(api, "cream-gin", allergens=["milk"])
    assert (milk["verdict"], milk["name"], milk["tracesAccepted"]) == ("CONTAINS", "Milk", False)
    assert milk["regulations"][0]["entry"] == "7"
    contains, exempt = milk["evidence"]
    assert (contains["kind"], contains["decides"]) == ("CONTAINS", True)
    assert contains["path"] == [
        {"id": "cream-gin", "name": "Cream gin"},
        {"id": "cream", "name": "Cream"},
        {"id": "dairy", "name": "Dairy"},
        {"id": "milk", "name": "Milk"},
    ]
    assert (contains["source"], contains["observedAt"]) == ("Annex II", "2026-01-01")
    assert contains["regulations"] == [
        {
            "regulationId": "eu-14",
            "regulation": "EU list",
            "name": "Milk",
            "entry": "7",
            "source": "Annex II (7)",
        }
    ]
    assert (exempt["kind"], exempt["decides"], exempt["regulationId"]) == ("EXEMPT", False, "eu-14")


async def test_absence_rests_on_the_reviewed_recipe_or_on_the_producer(api: Api) -> None:
    egg = await verdict(api, "gimlet", allergens=["egg"])
    assert egg["verdict"] == "ABSENT"
    recipe, *parts = egg["evidence"]
    assert (recipe["kind"], recipe["parts"]) == ("RECIPE_REVIEWED", 3)
    assert {(part["kind"], part["path"][-1]["id"], part["source"]) for part in parts} == {
        ("REVIEWED", part, "test") for part in ("gin", "lemon-juice", "syrup")
    }
    declared = (await verdict(api, "gimlet", allergens=["milk"]))["evidence"][0]
    assert (declared["kind"], declared["source"]) == ("FREE_FROM", "House bar")
    assert (declared["observedAt"], declared["decides"]) == ("2026-02-01", True)
    assert [step["id"] for step in declared["path"]] == ["gimlet", "milk"]


async def test_the_unknown_names_what_is_missing(api: Api) -> None:
    egg = await verdict(api, "mystery", allergens=["egg"])
    assert egg["verdict"] == "UNKNOWN"
    [unreviewed] = egg["evidence"]
    assert (unreviewed["kind"], unreviewed["decides"]) == ("UNREVIEWED", True)
    assert [step["id"] for step in unreviewed["path"]] == ["mystery", "unheard-of-bitters"]


async def test_without_allergens_it_is_judged_for_the_person_who_asks(api: Api) -> None:
    answer = (await api.ask(DRINK, "ann", id="cream-gin"))["safety"]
    assert answer["status"] == "UNSAFE" and answer["avoided"] == ["dairy"]
    verdicts = {verdict["allergenId"]: verdict for verdict in answer["verdicts"]}
    assert verdicts["almond"]["name"] == "Almonds", "as her regulation has it"
    assert verdicts["almond"]["tracesAccepted"] is True
    assert verdicts["milk"]["evidence"][0]["kind"] == "CONTAINS"
    assert answer["replay"][0]["query"] == "cypher/recommend/safety_gate.cypher"
    nobody = (await api.ask(DRINK, None, id="cream-gin"))["safety"]
    assert (nobody["status"], nobody["verdicts"]) == ("NOT_CHECKED", [])


async def test_named_allergens_are_judged_strictly_and_for_anybody(api: Api) -> None:
    for user in (None, "ann"):
        answer = await api.ask(DRINK, user, id="gimlet", allergens=["milk", "almond", "milk"])
        assert answer["safety"]["status"] == "SAFE"
        assert [verdict["allergenId"] for verdict in answer["safety"]["verdicts"]] == [
            "milk",
            "almond",
        ]
    traces = await api.ask(DRINK, "ann", id="cream-gin", allergens=["egg"])
    assert traces["safety"]["status"] == "UNSAFE"
    assert traces["safety"]["verdicts"][0]["verdict"] == "MAY_CONTAIN"
    assert traces["safety"]["verdicts"][0]["tracesAccepted"] is False


async def test_a_replay_gives_the_same_verdict_again(api: Api, graph: Graph) -> None:
    from graph.query_files import load

    answer = (await api.ask(DRINK, "ann", id="cream-gin"))["safety"]
    named = (await api.ask(DRINK, None, id="cream-gin", allergens=["milk"]))["safety"]
    for evidence in (answer, named):
        for step in evidence["replay"]:
            name = step["query"].removeprefix("cypher/").removesuffix(".cypher")
            assert isinstance(await graph.run(load(name), **step["parameters"]), list)
        first = evidence["replay"][0]
        name = first["query"].removeprefix("cypher/").removesuffix(".cypher")
        [row] = await graph.run(load(name), **first["parameters"])
        again = {verdict["allergen"]: verdict["verdict"] for verdict in row["verdicts"]}
        assert again == {
            verdict["allergenId"]: verdict["verdict"] for verdict in evidence["verdicts"]
        }


async def test_allergens_that_cannot_be_used_are_named(api: Api) -> None:
    for asked, words in (
        (["mlik", "milk", "eggs"], "Not known: mlik, eggs."),
        ([], "forAllergens has 0 ids."),
        (["milk"] * 21, "forAllergens has 21 ids."),
        (["x" * 10_000], "Not known: x"),
        (["\u202e\U0001f95b"], "Not known: \u202e\U0001f95b."),
    ):
        [(message, extensions)] = await errors(api, DRINK, id="gimlet", allergens=asked)
        assert message.startswith(words) and len(message) < 500
        assert extensions["code"] == "INVALID_INPUT" and extensions["argument"] == "forAllergens"
        assert extensions["advice"]


async def test_many_drinks_need_one_query_and_their_evidence_one_transaction(
    api: Api, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    await ask(
        graph,
        "MATCH (gin:Ingredient {id: 'gin'}) WITH gin UNWIND range(1, 97) AS number "
        "CREATE (drink:Drink {id: 'gin-' + number, recipeComplete: true, changedAt: 99}) "
        "CREATE (drink)-[:CONTAINS]->(gin) RETURN count(*) AS made",
    )
    await ask(graph, "MATCH (c:Catalogue) SET c.version = 99 RETURN 1 AS one")
    asked, together = count(graph, monkeypatch)
    limits = CostLimits(signed_out=10_000)
    api.dependencies = replace(api.dependencies, cost_limits=limits)
    answer = await api.ask(LIST, None, allergens=["milk", "almond"])
    assert len(answer["items"]) == 100
    statuses = [item["drink"]["safety"]["status"] for item in answer["items"]]
    assert sorted(set(statuses)) == ["SAFE", "UNSAFE"] and statuses.count("SAFE") == 98
    assert asked.count("recommend/allergen_verdicts") == 1
    assert together == [
        [
            "recommend/safety_statements",
            "recommend/safety_recipes",
            "recommend/safety_unreviewed",
            "recommend/safety_exemptions",
        ]
    ]


async def test_a_list_that_asks_for_no_evidence_reads_none(
    api: Api, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, together = count(graph, monkeypatch)
    query = "{ answer: recommendations { ... on Recommendations { items { safety { status "
    await api.ask(query + "verdicts { allergenId verdict } } } } } }", "ann")
    assert together == [] and not any("safety_s" in query for query in asked), asked
    assert (
        asked.count("recommend/safety_gate")
        == len([query for query in asked if "gate" in query])
        == 1
    )


def count(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[list[str]]]:
    """The names of all queries from now on: single ones, and those of transactions."""
    asked, together = list[str](), list[list[str]]()
    run, run_together = graph.run, graph.run_together

    async def counted(query: Query, **values: Any) -> Any:
        asked.append(query.name)
        return await run(query, **values)

    async def counted_together(steps: Any, **values: Any) -> Any:
        together.append([query.name for query, _ in steps])
        return await run_together(steps, **values)

    monkeypatch.setattr(graph, "run", counted)
    monkeypatch.setattr(graph, "run_together", counted_together)
    return asked, together


async def test_a_drink_that_is_gone_has_only_unknown_verdicts(api: Api, graph: Graph) -> None:
    await ask(graph, "MATCH (d:Drink {id: 'gimlet'}) DETACH DELETE d RETURN 1 AS one")
    answer = (await api.ask(DRINK, None, id="gimlet", allergens=["milk"]))["safety"]
    assert answer["status"] == "UNSAFE"
    assert [verdict["verdict"] for verdict in answer["verdicts"]] == ["UNKNOWN"]


@pytest.mark.parametrize("away", ["allergen_verdicts", "safety_statements"])
async def test_while_the_graph_is_away_there_is_an_error_and_no_verdict(
    api: Api, graph: Graph, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    run, run_together = graph.run, graph.run_together

    async def failing(query: Query, **values: Any) -> Any:
        if query.name.endswith(away):
            raise GraphUnavailable("away")
        return await run(query, **values)

    async def failing_together(steps: Any, **values: Any) -> Any:
        for query, _ in steps:
            if query.name.endswith(away):
                raise GraphUnavailable("away")
        return await run_together(steps, **values)

    monkeypatch.setattr(graph, "run", failing)
    monkeypatch.setattr(graph, "run_together", failing_together)
    answer = await api.ask(DRINK, None, id="gimlet", allergens=["milk"])
    assert answer == {"__typename": "GraphAway"}, "an error with the code GRAPH_AWAY"


async def test_laws_are_told_with_their_members_and_exemptions(api: Api) -> None:
    laws: Any = await api.ask(
        "{ answer: regulations { id name source exemptions { text } listings { allergenId name "
        "entry text source members exemptions { text source ingredient { id name } } } } }",
        None,
    )
    [law] = laws
    assert (law["id"], law["source"]) == ("eu-14", "Annex II")
    listings = {listing["allergenId"]: listing for listing in law["listings"]}
    assert listings["tree-nuts"]["members"] == ["almond"]
    assert listings["tree-nuts"]["name"] == "Nuts"
    assert listings["milk"]["exemptions"] == [
        {
            "text": "whey for distillates",
            "source": "Annex II (7)(a)",
            "ingredient": {"id": "gin", "name": "Gin"},
        },
        {"text": "lactitol", "source": "Annex II (7)(b)", "ingredient": None},
    ]


async def test_a_regulation_decides_names_and_groups(api: Api, graph: Graph) -> None:
    await ask(
        graph,
        "MATCH (milk:Allergen {id: 'milk'}) MATCH (almond:Allergen {id: 'almond'}) "
        "CREATE (dairy:Allergen {id: 'dairy', name: 'Dairy'}) "
        "CREATE (milk)-[:PART_OF]->(dairy) "
        "CREATE (law:Regulation {id: 'us-9', name: 'US'}) "
        "CREATE (law)-[:LISTS {name: 'Almond', entry: '5'}]->(almond) "
        "CREATE (law)-[:LISTS {name: 'Milk', entry: '1'}]->(milk) RETURN 1 AS one",
    )
    await ask(
        graph,
        "MATCH (c:Catalogue) SET c.version = 99, c.structureVersion = 99 RETURN 1 AS one",
    )
    query = "query ($law: ID) { answer: allergens(regulation: $law) { id name groups } }"
    plain = "{ answer: allergens { id name groups } }"

    def named(ingredients: Any) -> dict[str, tuple[str, list[str]]]:
        return {
            ingredient["id"]: (ingredient["name"], ingredient["groups"])
            for ingredient in ingredients
        }

    us = named(await api.ask(query, "ann", law="us-9"))
    assert us == {"almond": ("Almond", []), "milk": ("Milk", [])}
    eu = named(await api.ask(plain, "ann"))
    assert eu["tree-nuts"] == ("Nuts", []) and eu["almond"] == ("Almonds", ["tree-nuts"])
    assert "dairy" not in eu and eu["milk"] == ("Milk", []), "a group that the law does not list"
    for everything in (await api.ask(plain, None), await api.ask(query, "ann", law=None)):
        assert named(everything)["milk"] == ("Milk", ["dairy"])
    await declare_allergies(graph, "ann", [Allergy("almond")], "2026-11-21", "us-9")
    assert named(await api.ask(plain, "ann")) == us
    [(message, extensions)] = await errors(api, query, law="eu-15")
    assert message == "Not known: eu-15." and extensions["argument"] == "regulation"


async def test_a_law_narrows_no_check(api: Api, graph: Graph) -> None:
    await ask(
        graph,
        "CREATE (:Regulation {id: 'empty', name: 'Lists nothing'}) RETURN 1 AS one",
    )
    await declare_allergies(graph, "ann", [Allergy("milk")], "2026-11-21", "empty")
    answer = (await api.ask(DRINK, "ann", id="cream-gin"))["safety"]
    assert answer["status"] == "UNSAFE"
    assert answer["verdicts"][0]["verdict"] == "CONTAINS"
