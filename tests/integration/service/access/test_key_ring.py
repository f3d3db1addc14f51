"""Keys of programs: what each may do, when it ends, and that the graph never has one."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gql.request.policy import Role
from graph.access.api_keys import add_api_key, api_keys, revoke_api_key
from graph.clock import utc_now
from graph.connection import Graph
from graph.errors import ApiKeyUnknown
from service.access.key_ring import KeyRing
from service.http.auth import LocalKey, TokenRefused
from tests.support.emptying import ask

YEAR = timedelta(days=365)


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.passed = timedelta()

    def __call__(self):
        return utc_now() + self.passed


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def local(tmp_path: Path) -> LocalKey:
    return LocalKey(tmp_path / "token.key")


@pytest.fixture
def ring(graph: Graph, local: LocalKey, clock: Clock) -> KeyRing:
    return KeyRing(graph, local, clock)


async def refused(ring: KeyRing, token: str) -> str:
    with pytest.raises(TokenRefused) as error:
        await ring.verify(token)
    return str(error.value)


async def test_a_key_is_good_for_its_scopes_until_it_is_taken_back(
    graph: Graph, ring: KeyRing
) -> None:
    scopes = ["tastegraph:events", "tastegraph:analyst"]
    key_id, key = await add_api_key(graph, "till 3", scopes, YEAR, by="anna")
    assert "no such key" in await refused(ring, key)  # not read yet
    await ring.catch_up()
    claims = await ring.verify(key)
    assert (claims.user_id, claims.collector, claims.follower) == (f"key:{key_id}", True, False)
    assert claims.roles == {Role.PERSON, Role.ANALYST} and not claims.operator
    await ring.note_used()
    [listed] = await api_keys(graph)
    assert listed.used_at and listed.name == "till 3" and listed.by == "anna"
    since = await revoke_api_key(graph, key_id)
    assert await revoke_api_key(graph, key_id) == since
    await ring.catch_up()
    assert "was revoked" in await refused(ring, key)
    with pytest.raises(ApiKeyUnknown):
        await revoke_api_key(graph, "none")


async def test_a_key_ends_by_itself(graph: Graph, ring: KeyRing, clock: Clock) -> None:
    _, key = await add_api_key(graph, "till 3", ["tastegraph:events"], YEAR, by="anna")
    await ring.catch_up()
    assert (await ring.verify(key)).collector
    clock.passed = YEAR
    assert "has ended" in await refused(ring, key)


async def test_what_is_no_key_is_a_token_and_nearly_a_key_is_none(
    graph: Graph, ring: KeyRing, local: LocalKey
) -> None:
    key_id, key = await add_api_key(graph, "till 3", ["tastegraph:events"], YEAR, by="anna")
    await ring.catch_up()
    assert (await ring.verify(local.issue("ann"))).user_id == "ann"
    for wrong in (key[:-1], key + "a", key.upper(), f"tgk_{key_id}_", f"tgk_other_{key[17:]}"):
        await refused(ring, wrong)
    await refused(ring, f"tgk_{key_id}_\ud800")


async def test_the_graph_has_no_key(graph: Graph) -> None:
    _, key = await add_api_key(graph, "till 3", ["tastegraph:events"], YEAR, by="anna")
    secret = key.split("_", 2)[2]
    [row] = await ask(graph, "MATCH (k:ApiKey) RETURN properties(k) AS all", "read")
    assert secret not in str(row) and len(row["all"]["hash"]) == 64
