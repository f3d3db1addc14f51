"""New people and new drinks, on two server processes over one graph: each click counts at once."""

import itertools
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.service.commands import Served, tastegraph
from tests.integration.service.conftest import cwd_rejects
from tests.integration.service.worlds import DRINKS, drink_id, write_world

HALF = DRINKS // 2
FIRST, SECOND = ({drink_id(n) for n in part} for part in (range(HALF), range(HALF, DRINKS)))

ASK = """query($context: Context) { recommendations(first: 60, context: $context) {
    ... on Recommendations { modelVersion items { drink { id } safety { status } } } } }"""
DID = """mutation($them: [InteractionInput!]!) { recordInteractions(interactions: $them) {
    ... on RecordedInteractions { recorded repeated } } }"""
ADD = """mutation($drink: DrinkInput!) { addDrink(drink: $drink) {
    __typename ... on SavedDrink { known } ... on Failure { message } } }"""
NEW: dict[str, Any] = {
    "id": "new-tea",
    "name": "New tea",
    "kind": "tea",
    "recipe": [{"ingredient": "own-tea"}],
    "recipeComplete": True,
}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Served]]:
    """Two servers over one graph with a trained model; the second reaches its home by a link."""
    folder = tmp_path_factory.mktemp("two")
    with Served(folder / "home", "--empty") as first:
        first.ready(240)
        world = write_world(folder / "world")
        done = tastegraph(first.home, "import", str(world), cwd_rejects(first.home))
        assert done.returncode == 0, done.stderr
        assert tastegraph(first.home, "retrain").returncode == 0
        (folder / "link").symlink_to(first.home)
        with Served(folder / "link", "--empty") as second:
            pair = [first, second.ready(240)]
            for server in pair:
                wait_for_model(server)
            yield pair


def wait_for_model(running: Served) -> None:
    token, until = running.token("somebody"), time.monotonic() + 30
    while running.data(ASK, token)["recommendations"]["modelVersion"] == "popularity":
        assert time.monotonic() < until, running.said()
        time.sleep(0.1)


def offered(running: Served, token: str, **context: str) -> list[str]:
    items = running.data(ASK, token, {"context": context})["recommendations"]["items"]
    return [item["drink"]["id"] for item in items]


def do(running: Served, token: str, type_: str, *drinks: str, value: float | None = None) -> None:
    them = [
        {"eventId": f"{type_} {drink}", "drinkId": drink, "type": type_, "value": value}
        for drink in drinks
    ]
    done = running.data(DID, token, {"them": them})
    # the server that consumes the log may be faster than the one that was asked
    assert sum(done["recordInteractions"].values()) == len(drinks)


def mean_place(order: list[str], drinks: set[str]) -> float:
    places = [place for place, drink in enumerate(order) if drink in drinks]
    return sum(places) / len(places)


@pytest.mark.parametrize(
    ("type_", "value"), [("VIEW", None), ("SAVE", None), ("PURCHASE", None), ("RATING", 5.0)]
)
@pytest.mark.parametrize("half", [0, 1])
def test_one_click_moves_the_very_next_list(
    servers: list[Served], type_: str, value: float | None, half: int
) -> None:
    token = servers[0].token(f"newcomer {type_} {half}")
    clicked = drink_id(half * HALF + 3)
    alike = (FIRST, SECOND)[half] - {clicked}
    before = [offered(server, token) for server in servers]
    assert before[0] == before[1]
    do(servers[0], token, type_, clicked, value=value)
    for server in servers:
        after = offered(server, token)
        assert mean_place(after, alike) < mean_place(before[0], alike) - 1
        assert len(set(after[:10]) & alike) >= 9


def test_every_further_click_counts(servers: list[Served]) -> None:
    token = servers[0].token("five clicks")
    do(servers[0], token, "VIEW", drink_id(2))
    lists = [offered(servers[0], token)]
    for number in (HALF + 1, HALF + 4, HALF + 7, 5):
        do(servers[1], token, "PURCHASE", drink_id(number))
        lists.append(offered(servers[0], token))
    assert all(drinks_before != other for drinks_before, other in itertools.pairwise(lists))
    others = SECOND - {drink_id(HALF + n) for n in (1, 4, 7)}
    assert mean_place(lists[3], others) < mean_place(lists[0], others) - 5


def test_a_dislike_pushes_away_what_is_like_it_and_is_final(servers: list[Served]) -> None:
    token = servers[0].token("no tea")
    before = offered(servers[0], token)
    unwanted = [drink_id(n) for n in (1, 2, 3)]
    do(servers[0], token, "DISLIKE", unwanted[0])
    do(servers[0], token, "RATING", unwanted[1], value=1.0)
    do(servers[1], token, "PURCHASE", unwanted[2])
    do(servers[1], token, "DISLIKE", unwanted[2])
    for server in servers:
        after = offered(server, token)
        assert not set(after) & set(unwanted)
        like_them = FIRST - set(unwanted)
        assert mean_place(after, like_them) > mean_place(before, like_them) + 3
        for asked in (
            "popularDrinks(first: 60) { ... on Recommendations { items { drink { id } } } }",
            'similarDrinks(drinkId: "own-04", first: 60)'
            " { ... on Recommendations { items { drink { id } } } }",
            "drinks(first: 60) { ... on DrinkPage { items { drink { id } } } }",
            'drinks(first: 60, filter: { search: "Own" })'
            " { ... on DrinkPage { items { drink { id } } } }",
        ):
            items = server.data(f"{{ answer: {asked} }}", token)["answer"]["items"]
            assert items and not {item["drink"]["id"] for item in items} & set(unwanted)


def test_stated_likes_alone_move_the_list(servers: list[Served]) -> None:
    """Even drinks are made of milk: one who likes it gets these higher, before any click."""
    token = servers[0].token("likes milk")
    even = {drink_id(n) for n in range(0, DRINKS, 2)}
    before = offered(servers[0], token)
    for side, sign in (("likes", 1), ("dislikes", -1)):
        set_ = f'mutation {{ setPreferences({side}: {{ ingredients: ["own-milk"] }}) '
        servers[0].data(set_ + "{ __typename } }", token)
        after = offered(servers[1], token)
        assert sign * (mean_place(before, even) - mean_place(after, even)) > 1, side


def test_a_new_drink_is_recommended_within_seconds_to_those_it_fits(servers: list[Served]) -> None:
    anna = tastegraph(servers[0].home, "token", "anna", "--operator").stdout.strip()
    people = [server.token(f"person-{n}") for server in servers for n in (0, 1)]
    for token in people[:2]:
        servers[0].data(
            'mutation { setAllergies(allergies: [{allergenId: "milk"}]) { __typename } }', token
        )
    assert servers[0].data(ADD, people[0], {"drink": NEW})["addDrink"]["__typename"] == "NotAllowed"
    unclear = [
        {**NEW, "id": "new-unsaid", "recipeComplete": False},
        {**NEW, "id": "new-secret", "recipe": [{"ingredient": "Nobody's syrup"}]},
        {**NEW, "id": "new-milk", "recipe": [{"ingredient": "own-milk"}]},
    ]
    began = time.monotonic()
    for drink in (NEW, *unclear):
        saved = servers[0].data(ADD, anna, {"drink": drink})["addDrink"]
        assert saved["__typename"] == "SavedDrink", saved
    lists = [offered(server, token) for server in servers for token in people[:2]]
    assert time.monotonic() - began < 5
    for order in lists:
        assert not set(order) & {str(name["id"]) for name in unclear}
    for fits, other in (lists[:2], lists[2:]):
        assert other.index("new-tea") > min(other.index(drink) for drink in SECOND & set(other))
        assert fits.index("new-tea") < min(fits.index(drink) for drink in SECOND & set(fits))
    versions = [
        server.data(ASK, people[0])["recommendations"]["modelVersion"] for server in servers
    ]
    assert versions[0] == versions[1]


def test_a_retired_drink_is_gone_from_both(servers: list[Served]) -> None:
    anna = tastegraph(servers[0].home, "token", "anna", "--operator").stdout.strip()
    token = servers[0].token("person-5")
    gone = drink_id(8)
    assert all(gone in offered(server, token) for server in servers)
    retire = f'mutation {{ retireDrink(id: "{gone}") {{ __typename }} }}'
    assert servers[1].data(retire, anna)["retireDrink"]["__typename"] == "RetiredDrink"
    assert not any(gone in offered(server, token) for server in servers)


TRENDING = """{ trendingDrinks(first: 100) { ... on Recommendations {
    items { drink { id } safety { status } reasons(first: 1) { sentence } } } } }"""


def test_what_many_people_buy_is_trending_in_every_process(servers: list[Served]) -> None:
    first, second = servers
    chosen = drink_id(3)
    for person in range(6):
        do(first, first.token(f"trend-setter-{person}"), "PURCHASE", chosen)
    token, until = second.token("trend-follower"), time.monotonic() + 30
    while not (items := second.data(TRENDING, token)["trendingDrinks"]["items"]):
        assert time.monotonic() < until, second.said()
        time.sleep(0.1)
    by_drink = {item["drink"]["id"]: item for item in items}
    assert by_drink[chosen]["reasons"] == [{"sentence": "More people than usual want it now."}]
    assert by_drink[chosen]["safety"]["status"] == "NOT_CHECKED"
