"""A server whose lists a policy draws: each is in the log, with what people did with it."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from events.embedded_log import EmbeddedLog
from events.impressions import Impression, impression_of
from graph.clock import milliseconds, utc_now
from learning.attribution.joining import Completeness
from service.background.event_stream import open_stream
from service.cli.commands.experiments.lists import closed_lists
from service.metrics import ServiceMetrics
from service.opening import open_graph
from service.settings import read_settings
from tests.integration.service.commands import Served, environment, in_process, tastegraph
from tests.integration.service.worlds import drink_id

LIST = """{ answer: recommendations(first: 5) { ... on Recommendations {
  recommendationId modelVersion items { rank drink { id } } } } }"""
PAGE = """query ($after: String) { answer: recommendationsConnection(first: 4, after: $after) {
  ... on RecommendationConnection {
    edges { node { rank drink { id } } } pageInfo { endCursor } } } }"""
MILK = 'mutation { answer: setAllergies(allergies: [{allergenId: "milk"}]) { __typename } }'
REFUSE = "mutation { answer: setConsents(remembering: false) { __typename } }"
ERASE = 'mutation { answer: eraseMe(confirm: "person-9") { __typename } }'
PEOPLE = [f"person-{number}" for number in range(12)]
MILKY = {drink_id(number) for number in range(0, 40, 2)}


@pytest.fixture(scope="module")
def exploring(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("exploring") / "home"
    with Served(home, "--empty", TASTEGRAPH_POLICY="epsilon") as running:
        running.ready(120)
        rejects = f"--rejects={home.parent / 'rejects.csv'}"
        imported = tastegraph(home, "import", str(world), rejects)
        assert imported.returncode == 0, imported.stderr
        yield running


def impressions(home: Path) -> list[Impression]:
    """Every list in the log of a home, once the server has written what waits."""

    async def read() -> list[Impression]:
        await asyncio.sleep(2.5)
        with EmbeddedLog(home / "events") as log:
            found = [
                impression_of(record.body)
                for partition in range(log.partitions)
                for record in await log.read(partition, 0, 100_000)
            ]
        return [shown for shown in found if shown]

    return asyncio.run(read())


def joined(home: Path) -> Completeness:
    """How many outcomes in the log of a home found their lists, as its readers see it."""

    async def read() -> Completeness:
        settings = read_settings(environment(home))
        async with (
            open_graph(settings) as (graph, _),
            open_stream(settings, graph, ServiceMetrics()) as stream,
        ):
            now = milliseconds(utc_now())
            return (await closed_lists(stream, 0, now, 3_600_000))[1]

    return asyncio.run(read())


def ask_and_open(server: Served, person: str) -> tuple[dict[str, Any], str]:
    """Ask for a list, and open the first drink in it; return the list and the drink."""
    token = server.token(person)
    answer = server.data(LIST, token)["answer"]
    first = answer["items"][0]["drink"]["id"]
    event = {
        "eventId": secrets.token_hex(8),
        "type": "click",
        "drinkId": first,
        "recommendationId": answer["recommendationId"],
    }
    sent = httpx.post(
        f"{server.base}/v1/events",
        json={"events": [event]},
        headers={"Authorization": f"Bearer {token}"},
        timeout=30,
    )
    assert sent.json()["events"][0]["status"] == "accepted", sent.text
    return answer, first


def test_each_list_is_one_record_and_what_was_done_finds_it(exploring: Served) -> None:
    exploring.data(MILK, exploring.token("person-1"))
    shown = {}
    for _ in range(12):
        for person in PEOPLE:
            answer, _ = ask_and_open(exploring, person)
            shown[answer["recommendationId"]] = (person, answer)
    logged = {each.recommendation_id: each for each in impressions(exploring.home)}
    assert logged.keys() == shown.keys()
    moved = 0
    for id_, (person, answer) in shown.items():
        each = logged[id_]
        assert (each.user_id, each.model) == (person, answer["modelVersion"])
        assert (each.surface, each.policy) == ("recommendations", "epsilon")
        assert [(drink.place, drink.drink_id) for drink in each.drinks] == [
            (item["rank"], item["drink"]["id"]) for item in answer["items"]
        ]
        assert each.safe == (20 if person == "person-1" else 40)
        assert all(0 < drink.propensity <= 1 for drink in each.drinks)
        moved += any(drink.under["none"] == 0 for drink in each.drinks)
        if person == "person-1":
            assert not MILKY & {drink.drink_id for drink in each.drinks}
    assert 20 < moved < 110  # of 144 lists some 59 have one of five drinks drawn at random
    counts = joined(exploring.home)
    assert (counts.by_id, counts.missing, counts.share) == (len(shown), 0, 1.0)
    letters = in_process(exploring.home, "stream", "dead-letters", "list", "--json")
    assert json.loads(letters.stdout) == []
    result = in_process(exploring.home, "experiments", "replay", "none", "--json")
    assert result.returncode != 0 and "TASTEGRAPH_POLICY" in result.stderr  # no day is over yet


def test_pages_of_a_list_are_parts_of_it_with_the_chances_of_its_drinks(exploring: Served) -> None:
    token, after, drinks = exploring.token("person-7"), None, []
    for _ in range(3):
        page = exploring.data(PAGE, token, {"after": after})["answer"]
        drinks += [(edge["node"]["rank"], edge["node"]["drink"]["id"]) for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
    logged = [each for each in impressions(exploring.home) if each.user_id == "person-7"][-3:]
    seen = [drink for each in logged for drink in each.drinks]
    assert [(drink.place, drink.drink_id) for drink in seen] == drinks
    assert [drink.place for drink in seen] == list(range(1, 13))
    assert all(drink.under and drink.propensity > 0 for drink in seen)


def test_who_refuses_or_is_erased_is_in_no_record(exploring: Served) -> None:
    for person in ("person-8", "person-9"):
        ask_and_open(exploring, person)
    before = {each.user_id for each in impressions(exploring.home)}
    assert {"person-8", "person-9"} <= before
    exploring.data(REFUSE, exploring.token("person-8"))
    ask_and_open(exploring, "person-8")
    exploring.data(ERASE, exploring.token("person-9"))
    assert before - {each.user_id for each in impressions(exploring.home)} == {
        "person-8",
        "person-9",
    }


INTERLEAVED = """
id = "both-home"
hypothesis = "Lists with more variety are liked better"
metrics = ["click-through"]
interleave = true

[[arms]]
name = "as-is"

[[arms]]
name = "varied"
diversity = 0.8
"""


def test_two_rankings_share_a_list_and_their_credit_is_told(exploring: Served) -> None:
    file = exploring.home.with_name("both.toml")
    file.write_text(INTERLEAVED, encoding="utf-8")
    for step in (("new", str(file)), ("start", "both-home")):
        done = in_process(exploring.home, "experiments", *step)
        assert done.returncode == 0, done.stderr
    time.sleep(2.5)
    answer, _ = ask_and_open(exploring, "person-3")
    [shown] = [
        each
        for each in impressions(exploring.home)
        if each.recommendation_id == answer["recommendationId"]
    ]
    assert shown.policy == "interleaved" and shown.arms.keys() == {"both-home"}
    teams = [drink.team for drink in shown.drinks]
    assert sorted(map(str, set(teams))) == ["as-is", "varied"]
    assert abs(teams.count("as-is") - teams.count("varied")) <= 1
    result = in_process(exploring.home, "experiments", "interleaved", "both-home", "--json")
    found = json.loads(result.stdout)
    assert found["teams"] == ["as-is", "varied"]
    assert found["verdict"]["kind"] == "undecided"  # nobody's time is over
