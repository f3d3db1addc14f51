"""A typed client of Tastegraph in one file, with nothing but the standard library.

URL=http://127.0.0.1:8000/graphql TOKEN=... python clients/python/tastegraph_client.py

Agrees that allergies are kept, declares one to milk, and reads two pages of recommendations.
"""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

TEXTS = "query Texts { consentTexts { purpose version title text } }"
AGREE = """mutation Agree($decisions: [ConsentDecision!]!) {
  decideConsents(decisions: $decisions, surface: "python client") {
    __typename
    ... on Failure { message advice }
  }
}"""
DECLARE = """mutation Declare($allergies: [AllergyInput!]!) {
  setAllergies(allergies: $allergies) {
    __typename
    ... on Failure { message advice }
  }
}"""
RECOMMENDED = """query Recommended($first: Int!, $after: String) {
  recommendationsConnection(first: $first, after: $after) {
    __typename
    ... on RecommendationConnection {
      edges { node { rank drink { name } safety { status verdicts { allergenId verdict } } } }
      pageInfo { hasNextPage endCursor }
    }
    ... on Failure { message advice }
  }
}"""
SECONDS = 30


class RequestFailed(Exception):
    """The service did not answer, or answered with a failure; `code` names it."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Recommendation:
    """A drink that passed both checks, and the verdict on each declared allergen."""

    rank: int
    drink: str
    status: str
    verdicts: Mapping[str, str]


@dataclass(frozen=True)
class Tastegraph:
    """A service, and the person for whom it is asked."""

    address: str
    token: str

    def agree(self, purpose: str) -> None:
        """Record that the person said yes to a purpose, once they were shown its text."""
        texts = {text["purpose"]: text for text in self._ask(TEXTS)}
        version = texts[purpose]["version"]
        self._ask(AGREE, decisions=[{"purpose": purpose, "given": True, "textVersion": version}])

    def declare(self, *allergens: str) -> None:
        """Declare all the allergies of the person."""
        self._ask(DECLARE, allergies=[{"allergenId": allergen} for allergen in allergens])

    def pages(self, first: int) -> Iterator[list[Recommendation]]:
        """Yield the pages of one list, best first."""
        after: str | None = None
        more = True
        while more:
            page = self._ask(RECOMMENDED, first=first, after=after)
            yield [_recommendation(edge["node"]) for edge in page["edges"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

    def _ask(self, query: str, **variables: Any) -> Any:
        """Return the only field of an answer; raise RequestFailed for a failure of any kind."""
        status, answer = self._send(query, variables)
        if status == 429:
            time.sleep(answer["errors"][0]["extensions"]["retryAfter"])
            status, answer = self._send(query, variables)
        if answer.get("errors"):
            error = answer["errors"][0]
            raise RequestFailed(error["message"], error.get("extensions", {}).get("code", ""))
        [found] = answer["data"].values()
        if "message" in found:
            raise RequestFailed(f"{found['message']} {found['advice']}", found["__typename"])
        return found

    def _send(self, query: str, variables: Mapping[str, Any]) -> tuple[int, Any]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(self.address, body, headers)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as response:  # noqa: S310
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


def _recommendation(node: Any) -> Recommendation:
    return Recommendation(
        rank=node["rank"],
        drink=node["drink"]["name"],
        status=node["safety"]["status"],
        verdicts={
            verdict["allergenId"]: verdict["verdict"] for verdict in node["safety"]["verdicts"]
        },
    )


def main() -> None:
    """Show what the client can do."""
    client = Tastegraph(os.environ.get("URL", "http://127.0.0.1:8000/graphql"), os.environ["TOKEN"])
    client.agree("SAFETY")  # allergies are kept with consent alone
    client.declare("milk")
    for number, page in enumerate(client.pages(first=3), start=1):
        for item in page:
            verdicts = ", ".join(f"{name} {verdict}" for name, verdict in item.verdicts.items())
            print(f"{item.rank}. {item.drink}: {item.status} ({verdicts})")
        if number == 2:
            break


if __name__ == "__main__":
    main()
