"""Verdicts on named allergens agree with the rule's model, and their evidence tells why."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest

from graph.connection import Graph
from graph.query_files import load
from graph.safety_rule import Node, SafetyRule
from graph.verdicts.allergens import ask_verdicts
from graph.verdicts.evidence import Evidence, Facts, read_facts, replay_facts
from graph.vocabulary import Verdict
from tests.support.emptying import ask, empty
from tests.support.random_graphs import World, random_world, write

STATUS = {"CONTAINS": "HAS_ALLERGEN", "MAY_CONTAIN": "MAY_CONTAIN", "FREE_FROM": "FREE_FROM"}
WAYS = {"CONTAINS", "IS_A", "MADE_OF"}


@pytest.mark.parametrize("block", range(10))
async def test_verdicts_and_evidence_agree_with_the_rule_on_random_graphs(
    graph: Graph, block: int
) -> None:
    for seed in range(block * 4, block * 4 + 4):
        await empty(graph)
        world = random_world(2000 + seed)
        await write(world, graph)
        await check(world, graph, seed)


async def check(world: World, graph: Graph, seed: int) -> None:
    rule, without_recipes = SafetyRule(world.graph), SafetyRule(incomplete(world))
    drinks, allergens = world.ids("drink"), world.ids("allergen")
    answers = await ask_verdicts(graph, [*drinks, "no-such-drink"], [*allergens, "no-such"])
    facts = await read_facts(graph, [*drinks, "no-such-drink"], [*allergens, "no-such"])
    assert sorted(answers) == drinks
    for drink in drinks:
        assert answers[drink].known == rule.is_known(drink) == facts(drink, allergens[0]).known
        assert answers[drink].catalogue_version == 1
        assert answers[drink].of("no-such") == "UNKNOWN"
        for allergen in allergens:
            where = (seed, drink, allergen)
            verdict = rule.verdict(drink, allergen)
            assert answers[drink].of(allergen) == verdict, where
            evidence = facts(drink, allergen).evidence(verdict)
            assert implied(evidence) == verdict, (where, evidence)
            if verdict is Verdict.ABSENT:
                declared = any(item.kind == "FREE_FROM" and item.decides for item in evidence)
                alone = without_recipes.verdict(drink, allergen) is Verdict.ABSENT
                assert declared == alone, (where, evidence)
            assert all(is_there(world, item, drink) for item in evidence), (where, evidence)
            assert reasons(evidence) == expected_reasons(world, rule, drink, allergen), where
    assert facts("no-such-drink", allergens[0]).evidence(Verdict.UNKNOWN) == ()


def incomplete(world: World) -> nx.MultiDiGraph[Node]:
    """The same world with no recipe complete: only declarations clear a drink there."""
    copied = world.graph.copy()
    for drink in world.ids("drink"):
        copied.nodes["drink", drink]["recipe_complete"] = False
    return copied


def implied(evidence: tuple[Evidence, ...]) -> str:
    """The verdict that a reader would give, who sees only what is said to decide."""
    kinds = {item.kind for item in evidence if item.decides}
    if kinds & {"CONTAINS", "MAY_CONTAIN"}:
        return "CONTAINS" if "CONTAINS" in kinds else "MAY_CONTAIN"
    if kinds & {"FREE_FROM", "RECIPE_REVIEWED"}:
        return "ABSENT"
    assert kinds & {"UNREVIEWED", "RECIPE_INCOMPLETE"}
    return "UNKNOWN"


def is_there(world: World, evidence: Evidence, drink: str) -> bool:
    """Whether each step of the path is a relationship of the world."""
    names = [id_ for id_, _ in evidence.path]
    statement = evidence.kind in STATUS
    kinds = ["drink", *["ingredient"] * (len(names) - 1)]
    if statement:
        kinds[-1] = "allergen"
    nodes = list(zip(kinds, names, strict=True))
    if nodes[0] != ("drink", drink):
        return False
    for place, (start, end) in enumerate(pairwise(nodes)):
        between = world.graph.get_edge_data(start, end) or {}
        last = statement and place == len(nodes) - 2
        if not any(
            data["type"] in ({STATUS[evidence.kind]} if last else WAYS)
            and (
                not last
                or (data["source"], data["observed_at"]) == (evidence.source, evidence.observed_at)
            )
            for data in between.values()
        ):
            return False
    return not statement or names[-1] == evidence.allergen


def reasons(evidence: tuple[Evidence, ...]) -> set[tuple[str, str, str]]:
    """Kind, the part spoken of and the allergen, of statements."""
    return {
        (item.kind, item.path[-2][0], item.path[-1][0]) for item in evidence if item.kind in STATUS
    }


def expected_reasons(
    world: World, rule: SafetyRule, drink: str, allergen: str
) -> set[tuple[str, str, str]]:
    """Every statement that speaks of the allergen, on the drink or any of its parts."""
    above = rule.at_or_above(allergen)
    related = {g for member in rule.at_or_below(allergen) for g in rule.at_or_above(member)}
    return {
        (kind, part[1], about)
        for part in {("drink", drink)} | rule.parts(drink)
        for _, (_, about), data in world.graph.out_edges(part, data=True)
        for kind, status in STATUS.items()
        if data["type"] == status and about in (above if kind == "FREE_FROM" else related)
    }


@pytest.fixture
async def bar(graph: Graph) -> Graph:
    """A spirit of wheat, exempt by law, in a drink whose id is an ingredient's too."""
    await ask(
        graph,
        "CREATE (gluten:Allergen {id: 'gluten', name: 'Gluten'}) "
        "CREATE (wheat:Allergen {id: 'wheat', name: 'Wheat'})-[:PART_OF]->(gluten) "
        "CREATE (law:Regulation {id: 'law', name: 'A law'}) "
        "CREATE (spirit:Ingredient {id: 'spirit', name: 'Spirit', reviewed: true, source: 'S'}) "
        "CREATE (vodka:Ingredient {id: 'vodka', name: 'Vodka', reviewed: true, source: 'V'}) "
        "CREATE (drink:Drink {id: 'vodka', name: 'Neat vodka', recipeComplete: true}) "
        "CREATE (drink)-[:CONTAINS]->(vodka) CREATE (vodka)-[:IS_A]->(spirit) "
        "CREATE (law)-[:EXEMPTS {allergen: 'gluten', text: 'distillates', source: 'Art. 1'}]"
        "->(spirit) RETURN 1 AS one",
    )
    return graph


async def test_absence_by_a_reviewed_recipe_names_its_reviews_and_exemptions(bar: Graph) -> None:
    facts = (await read_facts(bar, ["vodka"], ["wheat"]))("vodka", "wheat")
    reviewed, part, exempt = facts.evidence(Verdict.ABSENT)
    assert (reviewed.kind, reviewed.parts, reviewed.decides) == ("RECIPE_REVIEWED", 2, True)
    assert (part.kind, part.source) == ("REVIEWED", "V")
    assert part.path == (("vodka", "Neat vodka"), ("vodka", "Vodka"))
    assert (exempt.kind, exempt.decides) == ("EXEMPT", False)
    assert (exempt.regulation, exempt.text, exempt.source) == ("law", "distillates", "Art. 1")
    assert [id_ for id_, _ in exempt.path] == ["vodka", "vodka", "spirit"]


async def test_what_is_missing_is_named(bar: Graph) -> None:
    await ask(
        bar,
        "MATCH (i:Ingredient {id: 'spirit'}) SET i.reviewed = false "
        "CREATE (:Drink {id: 'empty', name: 'Empty', recipeComplete: true}) RETURN 1 AS one",
    )
    facts = await read_facts(bar, ["vodka", "empty"], ["wheat"])
    unreviewed, _ = facts("vodka", "wheat").evidence(Verdict.UNKNOWN)
    assert (unreviewed.kind, unreviewed.decides) == ("UNREVIEWED", True)
    assert [name for _, name in unreviewed.path] == ["Neat vodka", "Vodka", "Spirit"]
    [incomplete] = facts("empty", "wheat").evidence(Verdict.UNKNOWN)
    assert (incomplete.kind, incomplete.parts) == ("RECIPE_INCOMPLETE", 0)


async def test_a_replay_shows_the_same_rows(bar: Graph) -> None:
    facts = (await read_facts(bar, ["vodka"], ["wheat"]))("vodka", "wheat")
    rows = [
        await bar.run(load(_name(replay.query)), **replay.parameters)
        for replay in replay_facts(["vodka"], ["wheat"])
    ]
    statements, [recipe], unreviewed, exemptions = rows
    assert Facts(tuple(statements), recipe, tuple(unreviewed), tuple(exemptions)) == facts


def _name(file: str) -> str:
    return file.removeprefix("cypher/").removesuffix(".cypher")


async def test_no_allergens_and_no_drinks_have_no_verdicts(bar: Graph) -> None:
    assert await ask_verdicts(bar, [], ["wheat"]) == {}
    answers = await ask_verdicts(bar, ["vodka"], [])
    assert answers["vodka"].of("wheat") == Verdict.UNKNOWN


async def test_many_paths_to_one_statement_are_cut_to_the_shortest(bar: Graph) -> None:
    await ask(
        bar,
        "CREATE (deep:Ingredient {id: 'deep', reviewed: true}) "
        "CREATE (rye:Allergen {id: 'rye'}) CREATE (deep)-[:HAS_ALLERGEN]->(rye) "
        "CREATE (drink:Drink {id: 'many', recipeComplete: true}) "
        "CREATE (drink)-[:CONTAINS]->(deep) "
        "CREATE (drink)-[:CONTAINS]->(other:Ingredient {id: 'zzz', reviewed: true}) "
        "CREATE (other)-[:MADE_OF]->(:Ingredient {id: 'far'})-[:HAS_ALLERGEN]->(rye) "
        "WITH deep, drink UNWIND range(1, 40) AS number CREATE (drink)-[:CONTAINS]->"
        "(part:Ingredient {id: 'i' + number, reviewed: true}) CREATE (part)-[:IS_A]->(deep) "
        "RETURN 1 AS one",
    )
    evidence = (await read_facts(bar, ["many"], ["rye"]))("many", "rye").evidence(Verdict.CONTAINS)
    assert len(evidence) == 25
    ids = [[id_ for id_, _ in item.path] for item in evidence]
    assert ids[:2] == [["many", "deep", "rye"], ["many", "zzz", "far", "rye"]]
