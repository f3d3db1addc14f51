"""A service over the bundled catalogue, with guests of our own, for the examples in the pages."""

from __future__ import annotations

import csv
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from gql.request.policy import SCOPES
from gql.schema import make_schema
from graph.clock import milliseconds, utc_now
from graph.connection import Address, Graph, connect
from graph.importing import BUNDLED, import_folder
from graph.importing.progress import Silent
from graph.schema import apply_schema
from service.assembly import open_service
from service.bundled import import_ingredients, import_law
from service.http.application import make_application
from service.opening import local_key
from service.settings import Settings, Windows
from streams.published import PublishedTrends, publish_trends
from streams.trends import Trend
from tests.support.asgi import client_of
from tests.support.emptying import empty
from tests.support.pages import ROOT

GUESTS = 80
VISIT = """mutation {
  visitPerson(userId: "buyer", reason: "ticket 17: no drinks are offered") {
    ... on Visit { visit }
  }
}"""
CROWD = ("double-espresso", "double-espresso", "double-espresso", "cold-brew", "cold-brew")


class Examples:
    """Asks the API over HTTP, each time as another guest with the same profile."""

    def __init__(self, client: httpx.AsyncClient, home: Path) -> None:
        self._client = client
        self._key = local_key(home)
        self._guests = iter(f"guest-{number}" for number in range(GUESTS))

    def guest(self) -> str:
        """The id of another guest."""
        return next(self._guests)

    async def ask(self, query: str, words: str = "", **variables: Any) -> Any:
        """The answer; `words` says who asks: 'anonymous', a role, a user's id, or a guest."""
        user = words or self.guest()
        headers = {}
        if user != "anonymous":
            roles = [role for role in SCOPES if role == user]
            token = self._key.issue(user, roles=roles)
            headers["Authorization"] = f"Bearer {token}"
        if "GUEST_TOKEN" in query:
            token = self._key.issue(self.guest(), guest=True)
            query = query.replace("GUEST_TOKEN", token)
        if "VISIT_OF_BUYER" in query:
            begun = await self.ask(VISIT, "support")
            query = query.replace("VISIT_OF_BUYER", begun["data"]["visitPerson"]["visit"])
        body = {"query": query, "variables": variables}
        response = await self._client.post("/graphql", json=body, headers=headers)
        assert response.status_code == 200, response.text
        answer = response.json()
        assert answer.pop("extensions")["cost"]  # beside every answer; the page shows it once
        return answer


@pytest.fixture(scope="module")
async def examples(
    embedded_address: Address, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Examples]:
    home = tmp_path_factory.mktemp("home")
    async with connect(embedded_address, deadline=30.0) as graph:
        await apply_schema(graph)
        await empty(graph)
        await _fill(graph, tmp_path_factory.mktemp("guests"))
    coffees = [Trend("cold-brew", 12, 4.0), Trend("flat-white", 9, 4.0)]  # the second has milk
    as_of = milliseconds(utc_now() + timedelta(hours=1))
    (home / "windows").mkdir()
    publish_trends(home / "windows", PublishedTrends(as_of, {"store:harbour": coffees}))
    application = make_application(
        lambda: open_service(_settings(home, embedded_address)), make_schema(), None
    )
    async with client_of(application, "http://tastegraph") as client:
        yield Examples(client, home)


def _settings(home: Path, address: Address) -> Settings:
    return Settings(
        home,
        "127.0.0.1",
        0,
        "768m",
        30.0,
        address,
        "",
        "",
        "",
        demo=False,
        operator="",
        windows=Windows.OFF,
    )


async def _fill(graph: Graph, folder: Path) -> None:
    """The bundled catalogue; guests allergic to milk; a crowd without any; a few others."""
    rejects = folder / "rejects.csv"
    await import_law(graph, rejects, Silent())
    await import_ingredients(graph, rejects, Silent())
    drinks = ROOT / "graph" / "knowledge" / "drinks"
    await import_folder(graph, drinks, rejects=rejects, progress=Silent(), source=BUNDLED)
    guests = [f"guest-{number}" for number in range(GUESTS)]
    people = [{"id": name, "allergies": "milk", "likes": "coffee-flavor"} for name in guests]
    people += [{"id": f"crowd-{n}", "allergies": "", "likes": ""} for n in range(len(CROWD))]
    people += [{"id": "unclear", "allergies": "unobtainium", "likes": ""}]
    people += [{"id": "mild", "allergies": "sulphites:MILD", "likes": ""}]
    people += [{"id": "buyer", "allergies": "milk", "likes": ""}]
    bought = [(name, "espresso-cup") for name in guests]
    bought += [("buyer", "flat-white")]
    bought += [(f"crowd-{number}", drink) for number, drink in enumerate(CROWD)]
    _write(folder / "users.csv", people)
    _write(
        folder / "interactions.csv",
        [
            {"user_id": name, "drink_id": drink, "type": "purchase", "at": "2026-11-01T09:00:00Z"}
            for name, drink in bought
        ],
    )
    await import_folder(graph, folder, rejects=rejects, progress=Silent())


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
