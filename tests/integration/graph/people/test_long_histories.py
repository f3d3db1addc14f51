"""A long history ends somewhere, but what was disliked stays disliked."""

from __future__ import annotations

from graph.connection import Graph
from graph.people.profiles import PROFILE
from tests.support.emptying import ask


async def test_opinions_outlive_the_newest_events(graph: Graph) -> None:
    await ask(graph, "CREATE (:User {id: 'ann', version: 1})")
    await ask(graph, "UNWIND range(1, 9) AS n CREATE (:Drink {id: 'drink-' + toString(n)})")
    rows = [("PURCHASED", "purchase"), ("RATED", "dislike"), ("RATED", "rating"), ("SAVED", "save")]
    for number, (name, type_) in enumerate([*rows, *[("VIEWED", "view")] * 5], start=1):
        await ask(
            graph,
            "MATCH (u:User {id: 'ann'}) MATCH (d:Drink {id: 'drink-' + toString($n)}) "
            f"CREATE (u)-[:{name} {{eventId: toString($n), type: $type, value: 1.0, at: $n}}]->(d)",
            n=number,
            type=type_,
        )
    history = (await graph.run(PROFILE, userId="ann", events=3, most=100))[0]["history"]
    assert [(event["drinkId"], event["type"]) for event in history] == [
        ("drink-9", "view"),
        ("drink-8", "view"),
        ("drink-7", "view"),
        ("drink-3", "rating"),
        ("drink-2", "dislike"),
    ]
    assert len((await graph.run(PROFILE, userId="ann", events=9, most=100))[0]["history"]) == 9
