"""What recommendationsChanged pushes, over real WebSockets, on both engines."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from embeddings.data.dataset import Events, TrainingGraph
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.config import TrainingConfig
from embeddings.training.trainer import fit
from events.recording import Interaction
from graph.connection import Address, Graph
from graph.vocabulary import EventType
from service.http.service import Service
from tests.integration.service.http.subscriptions.world import (
    FOLLOW,
    Token,
    add_milk,
    change,
    drinks,
    follow,
    now,
)
from tests.support.alert_world import CHAI_WITH_MILK, declare_milk
from tests.support.import_elsewhere import import_elsewhere
from tests.support.sockets import Client

PURCHASES = "user_id,drink_id,type,event_id\nann,chai,purchase,till-3\n"


def had_together(*pairs: tuple[str, str]) -> ModelArtefact:
    """A model of people who each had one of the pairs."""
    ids = tuple(sorted(drink for pair in pairs for drink in pair))
    user = np.repeat(np.arange(40), 2)
    drink = np.array([ids.index(drink) for n in range(40) for drink in pairs[n % len(pairs)]])
    people = tuple(f"user-{n}" for n in range(40))
    graph = TrainingGraph(ids, people, Events.of(user, drink, at=user))
    return fit(graph, TrainingConfig(hidden=4, transitions_weight=0.0, choice=False)).artefact()


@pytest.fixture
async def ann(address_of: str) -> AsyncIterator[Client]:
    async with Client(address_of) as client:
        yield client


async def test_a_purchase_at_another_till_moves_the_open_list_of_that_person_alone(
    ann: Client, address_of: str, token: Token
) -> None:
    async with Client(address_of) as ben, httpx.AsyncClient() as till:
        assert await follow(ann, token("ann")) == ["black", "chai"]
        assert await follow(ben, token("ben")) == ["black", "chai"]
        answer = await till.post(
            address_of.replace("ws:", "http:").replace("/graphql", "/v1/events"),
            json={"events": [{"eventId": "till-2", "drinkId": "black", "type": "purchase"}]},
            headers={"Authorization": f"Bearer {token('ann')}"},
        )
        assert answer.json()["events"][0]["status"] == "accepted", answer.text
        assert await drinks(ann) == ["chai", "black"]  # what she has had comes last
        await ben.nothing(1.5)
        await ann.nothing(0.1)


async def test_a_purchase_imported_by_another_process_moves_it_too(
    ann: Client, token: Token, address: Address, tmp_path: Path
) -> None:
    assert await follow(ann, token("ann"), first=1) == ["black"]
    both = PURCHASES + "ann,black,purchase,till-4\n"
    await import_elsewhere(address, tmp_path / "a", interactions=both.replace("chai", "secret"))
    assert await drinks(ann) == ["chai"]


async def test_a_recipe_that_another_process_imports_takes_the_drink_off_the_list(
    ann: Client, token: Token, address: Address, tmp_path: Path
) -> None:
    assert await follow(ann, token("ann")) == ["black", "chai"]
    await import_elsewhere(address, tmp_path / "new", recipes=CHAI_WITH_MILK)
    assert await drinks(ann) == ["black"]


async def test_a_declaration_takes_drinks_off_and_what_changes_nothing_is_not_pushed(
    address_of: str, token: Token, graph: Graph, service: Service
) -> None:
    async with Client(address_of) as cem:
        assert await follow(cem, token("cem")) == ["black", "chai", "lassi", "secret"]
        await declare_milk(graph, "cem")
        assert await drinks(cem) == ["black", "chai"]
        viewed = Interaction("seen", "black", EventType.VIEW, None, now())
        await service.dependencies.record("cem", [viewed])
        await cem.nothing(1.5)


async def test_another_model_is_seen(address_of: str, token: Token, service: Service) -> None:
    saved = Interaction("kept", "lassi", EventType.SAVE, None, now())
    await service.dependencies.record("cem", [saved])
    async with Client(address_of) as cem:
        await follow(cem, token("cem"), first=2)
        for other, rest in (("chai", ("black", "secret")), ("secret", ("black", "chai"))):
            model = had_together(("lassi", other), rest)
            await service.dependencies.snapshots.use_model(model)
            assert set(await drinks(cem)) == {"lassi", other}


async def test_a_change_written_without_a_version_is_seen_at_the_regular_look(
    ann: Client, token: Token, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recommend.watching.lists.REGULAR_LOOK", 0.5)
    assert await follow(ann, token("ann")) == ["black", "chai"]
    await add_milk(graph, version=False)
    assert await drinks(ann) == ["black"]


async def test_arguments_are_those_of_recommendations_and_wrong_ones_end_it(
    ann: Client, token: Token
) -> None:
    assert await follow(ann, token("ann"), filter={"search": "Chai"}) == ["chai"]
    await ann.send(type="complete", id="1")
    await ann.subscribe("1", FOLLOW, first=0)
    refused = await change(ann)
    assert (refused["__typename"], refused["argument"]) == ("InvalidInput", "first")
    assert (await ann.receive())["type"] == "complete"


async def test_many_subscribers_cost_one_read_a_round(
    ann: Client, address_of: str, token: Token, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries: list[str] = []
    run = type(graph).run

    async def counted(self: Graph, query: Any, **values: Any) -> Any:
        queries.append(query.name)
        return await run(self, query, **values)

    async with Client(address_of) as ben, Client(address_of) as alerts:
        await follow(ann, token("ann"))
        await follow(ben, token("ben"))
        await alerts.watching(token("ann"))
        await ann.nothing(1.0)
        monkeypatch.setattr(type(graph), "run", counted)
        await ann.nothing(2.2)
        reads = queries.count("recommend/watched_versions")
        assert 2 <= reads <= 5
        assert queries.count("recommend/safety_gate") <= 1  # the second look of alerts
