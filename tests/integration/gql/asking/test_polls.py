"""Polls by the API: what is due, that its drinks are safe, and that the next list follows."""

from __future__ import annotations

from typing import Any

import pytest

from embeddings.registry.store import ModelStore
from graph.connection import Graph
from graph.people.data_export import personal_document
from graph.people.privacy import personal_record
from tests.support.api import PATHS, Api
from tests.support.emptying import ask
from tests.support.model_world import filled, store  # noqa: F401 - fixtures
from tests.support.models import put_model

DUE = """{ answer: duePoll { __typename ... on Failure { message } ... on DuePoll { poll {
  askId pollId question about { id } options { id text offer {
    drink { id } safety { status } } } } } } }"""
ANSWER = """mutation ($ask: ID!, $option: ID) {
  answer: answerPoll(askId: $ask, optionId: $option) {
    __typename
    ... on PollAnswered { declare me { likes { kind id } dislikes { kind id } } }
    ... on InvalidInput { argument message } } }"""
CONSENT = """mutation ($remembering: Boolean, $personalisation: Boolean) {
  answer: setConsents(remembering: $remembering, personalisation: $personalisation) {
    __typename } }"""
ALLERGIC = """CREATE (user:User {id: $id, version: 1, allergiesDeclaredAt: '2026-01-01'})
  WITH user MATCH (milk:Allergen {id: 'milk'})
  CREATE (user)-[:ALLERGIC_TO {severity: 'SEVERE', acceptsTraces: false}]->(milk) RETURN 1 AS one"""
BOUGHT = """MATCH (user:User {id: $id}) MATCH (drink:Drink {id: $drink})
  CREATE (user)-[:PURCHASED {eventId: $drink, type: 'purchase', at: $at}]->(drink)
  SET user.version = user.version + 1 RETURN 1 AS one"""
SWEET = """MATCH (drink:Drink {id: 'own-01'}) MERGE (sweet:Flavor {id: 'sweet', name: 'Sweet'})
  MERGE (syrup:Flavor {id: 'syrup', name: 'Syrup'}) MERGE (syrup)-[:PART_OF]->(sweet)
  CREATE (drink)-[:HAS_FLAVOR]->(syrup) RETURN 1 AS one"""


@pytest.fixture
async def api(filled: Graph, store: ModelStore) -> Api:  # noqa: F811
    await ask(filled, ALLERGIC, id="ann")
    await ask(filled, SWEET)
    made = Api(filled, await put_model(filled, store, 1))
    await made.start()
    return made


async def poll_of(api: Api, user: str = "ann") -> dict[str, Any] | None:
    answer = await api.ask(DUE, user)
    assert answer["__typename"] == "DuePoll", answer
    return answer["poll"]


async def listed(api: Api, user: str = "ann") -> list[str]:
    answer = await api.ask(PATHS["recommendations"], user, first=20)
    return [item["drink"]["id"] for item in answer["items"]]


async def answered(api: Api, poll: dict[str, Any], option: str | None) -> dict[str, Any]:
    return await api.ask(ANSWER, "ann", ask=poll["askId"], option=option)


def same_half(one: str, other: str) -> bool:
    return (int(one[-2:]) < 20) == (int(other[-2:]) < 20)


async def purchase(api: Api, drink: str) -> None:
    at = int(api.dependencies.clock().timestamp() * 1000) - 60_000
    await ask(api.dependencies.graph, BOUGHT, id="ann", drink=drink, at=at)
    api.snapshots.forget("ann")


async def test_a_pair_is_safe_and_its_answer_moves_the_next_list(api: Api) -> None:
    before = await listed(api)
    poll = await poll_of(api)
    assert poll and poll["pollId"] == "which-drink"
    one, other = poll["options"]
    assert {option["offer"]["safety"]["status"] for option in (one, other)} == {"SAFE"}
    # odd drinks alone are without milk, and halves of the catalogue are liked by different people
    numbers = [int(option["id"][-2:]) for option in (one, other)]
    assert all(number % 2 for number in numbers)
    assert {number < 20 for number in numbers} == {True, False}
    chosen = max((one, other), key=lambda option: before.index(option["id"]))["id"]
    assert (await answered(api, poll, chosen))["__typename"] == "PollAnswered"
    after = await listed(api)
    like_it = [{id_ for id_ in part[:8] if same_half(id_, chosen)} for part in (before, after)]
    assert len(like_it[1]) > len(like_it[0])
    assert same_half(after[0], chosen)
    assert api.disagreements == 0


async def test_the_same_question_stays_until_it_is_answered_and_pairs_differ(api: Api) -> None:
    seen: list[set[str]] = []
    for _ in range(3):
        poll = await poll_of(api)
        assert poll and poll == await poll_of(api)
        seen.append({option["id"] for option in poll["options"]})
        await answered(api, poll, poll["options"][0]["id"])
    assert not seen[0] & seen[1] and not seen[1] & seen[2] and not seen[0] & seen[2]
    assert await poll_of(api) is None


async def test_the_gate_alone_keeps_a_pair_safe(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recommend.safety.masks.Masks.allowed", lambda self, _: self.known | True)
    poll = await poll_of(api)
    assert poll is None or all(int(option["id"][-2:]) % 2 for option in poll["options"])
    await api.settle()


async def test_what_was_bought_is_asked_about_and_the_answer_is_an_opinion(api: Api) -> None:
    graph = api.dependencies.graph
    await ask(graph, "MATCH (user:User {id: 'ann'}) SET user.version = 9 RETURN 1 AS one")
    for drink in ("own-03", "own-05", "own-01"):
        await purchase(api, drink)
    poll = await poll_of(api)
    assert poll and (poll["pollId"], poll["about"]) == ("too-sweet", {"id": "own-01"})
    before = await answered(api, poll, "yes")
    assert before["me"] == {"likes": [], "dislikes": [{"kind": "flavor", "id": "sweet"}]}
    assert await poll_of(api) is None
    # an answer that is sent again changes nothing, nor does another one
    assert (await answered(api, poll, "right"))["me"] == before["me"]


async def test_nobody_is_asked_who_refused_or_has_not_declared(api: Api) -> None:
    assert await poll_of(api, "somebody new") is None
    poll = await poll_of(api)
    assert poll
    for consent in ({"remembering": False}, {"remembering": True, "personalisation": False}):
        await api.ask(CONSENT, "ann", **consent)
        api.snapshots.forget("ann")
        assert await poll_of(api) is None
        kept = await ask(
            api.dependencies.graph,
            "MATCH (:User {id: 'ann'})-[asked:ASKED]->() RETURN count(asked) AS n",
        )
        assert kept == [{"n": 0}]


async def test_after_one_not_now_there_is_rest(api: Api) -> None:
    poll = await poll_of(api)
    assert poll
    assert (await answered(api, poll, None))["__typename"] == "PollAnswered"
    assert await poll_of(api) is None


@pytest.mark.parametrize(
    ("ask_id", "option", "argument"),
    [
        pytest.param(None, "own-02", "optionId", id="a drink that was not asked about"),
        pytest.param("ask-of-another", "own-01", "askId", id="no such question"),
    ],
)
async def test_an_answer_to_nothing_is_refused(
    api: Api, ask_id: str | None, option: str, argument: str
) -> None:
    poll = await poll_of(api)
    assert poll
    answer = await api.ask(ANSWER, "ann", ask=ask_id or poll["askId"], option=option)
    assert (answer["__typename"], answer["argument"]) == ("InvalidInput", argument)


async def test_what_was_asked_is_in_the_persons_data_and_goes_with_them(api: Api) -> None:
    graph = api.dependencies.graph
    poll = await poll_of(api)
    assert poll
    await answered(api, poll, poll["options"][0]["id"])
    [asked] = personal_document(await personal_record(graph, "ann"))["polls"]
    assert asked["to"]["id"] == "which-drink"
    assert asked["properties"]["answer"] == poll["options"][0]["id"]
    await api.dependencies.eraser.erase("ann")
    left = await ask(graph, "MATCH ()-[asked:ASKED]->() RETURN count(asked) AS n", "read")
    assert left == [{"n": 0}]
