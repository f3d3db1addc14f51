"""Whether a change changes answers: ten thousand requests to a running server, kept and compared.

    python -m benchmarks.answers record URL HOME FILE    keeps what a server answers
    python -m benchmarks.answers compare BEFORE AFTER    names the requests that differ

Both servers begin with copies of one home, filled with the bundled catalogue and its simulated
people, and have run for a minute: contexts are learnt beside the first requests.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx

from service.opening import local_key

REQUESTS = 10_000
PEOPLE = 2_000
ITEMS = (
    "{ ... on Recommendations { modelVersion items "
    "{ rank score drink { id } safety { status } } } }"
)
WITH_REASONS = ITEMS.replace("rank", "rank reasons(first: 2) { kind sentence path { id } }")
QUERIES = {
    "recommendations": "query Q($filter: DrinkFilter, $context: Context, $diversity: "
    "Float!, $least: Float) { recommendations(first: 12, filter: $filter, context: $context, "
    f"diversity: $diversity, minimumRelevance: $least) {ITEMS} }}",
    "reasons": "query Q($filter: DrinkFilter) { recommendations(first: 5, filter: $filter) "
    f"{WITH_REASONS} }}",
    "popular": f"query Q($filter: DrinkFilter) {{ popularDrinks(filter: $filter) {ITEMS} }}",
    "similar": "query Q($drink: ID!, $filter: DrinkFilter) { similarDrinks(drinkId: $drink, "
    f"filter: $filter) {ITEMS} }}",
    "page": "query Q($filter: DrinkFilter) { recommendationsConnection(first: 9, filter: "
    "$filter) { ... on RecommendationConnection { pageInfo { hasNextPage } edges { node { rank "
    "score drink { id } safety { status } } } } } }",
    "why not": "query Q($drink: ID!) { whyNot(drinkId: $drink) { __typename } "
    "swap(drinkId: $drink) { __typename } }",
    "group": 'query Q($allergen: ID!) { groupRecommendations(first: 6, guests: [{name: "Ann", '
    "allergies: [{allergenId: $allergen}]}]) { ... on GroupRecommendations { items { rank score "
    "drink { id } } } } }",
    "label": "query Q($text: String!) { readLabel(text: $text) { __typename } "
    "relaxations { __typename } }",
}
LABELS = ("Water, milk, sugar", "Eau, lait : non", "May contain nuts", "Wasser, Gerstenmalz")
CONDITIONS: Mapping[str, tuple[object, ...]] = {
    "kinds": (["coffee"], ["tea"], ["cocktail"], ["beer"], ["wine"]),
    "maxAbv": (0.5, 12.0, 40.0),
    "maxPrice": (4.0, 8.0),
    "servedHot": (True, False),
    "search": ("latte", "pina colada", "gin and tonic", "flat-white", "espreso"),
}
# Ids that are new in each answer: of lists, and cursors.
SCORE = re.compile(r'"score": (-?[0-9.e-]+)')
DECIMALS = 5
NEW = re.compile(r'"(listId|startCursor|endCursor|cursor)": "[^"]*"')


def requests(drinks: list[str]) -> Iterator[tuple[str, str, dict[str, object]]]:
    """The person, the query and the variables of each request; always the same."""
    draw = random.Random(12)
    for _ in range(REQUESTS):
        name = draw.choice(list(QUERIES))
        chosen = draw.sample(list(CONDITIONS), draw.choice((0, 0, 1, 2)))
        yield (
            f"simulated-{draw.randrange(PEOPLE):04d}",
            QUERIES[name],
            {
                "filter": {field: draw.choice(CONDITIONS[field]) for field in chosen},
                "context": draw.choice((None, {"daypart": "evening"}, {"daypart": "morning"})),
                "diversity": draw.choice((0.0, 0.0, 0.5)),
                "least": draw.choice((None, None, 0.3)),
                "drink": draw.choice(drinks),
                "allergen": draw.choice(("milk", "egg", "gluten")),
                "text": draw.choice(LABELS),
            },
        )


def record(url: str, home: Path, file: Path) -> None:
    """Keep the answers, one a line; a server that refuses for the rate is asked again."""
    key = local_key(home)
    with httpx.Client(base_url=url, timeout=60) as client, file.open("w", encoding="utf-8") as out:

        def ask(person: str, query: str, variables: Mapping[str, object]) -> Any:
            token = key.issue(person, developer=True)
            return _ask(client, token, {"query": query, "variables": variables})

        for person, query, variables in requests(_drinks(ask)):
            answer = json.dumps(ask(person, query, variables), sort_keys=True)
            said = {"person": person, "query": query, "variables": variables}
            out.write(json.dumps({**said, "answer": NEW.sub(r'"\1": ""', answer)}) + "\n")


def _drinks(ask: Callable[[str, str, Mapping[str, object]], Any]) -> list[str]:
    query = "{ drinks(first: 100) { ... on DrinkPage { items { drink { id } } } } }"
    items = ask("simulated-0000", query, {})["data"]["drinks"]["items"]
    return [item["drink"]["id"] for item in items]


def _ask(client: httpx.Client, token: str, body: Mapping[str, object]) -> Any:
    while True:
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.post("/graphql", json=body, headers=headers)
        if answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
            return answer.json()
        time.sleep(0.5)


def compare(before: Path, after: Path) -> int:
    """Print the requests whose answers differ; return how many.

    Scores count as the same if they are so to five decimals: sums of float32 in another order are
    not the same to the last.
    """
    pairs = list(zip(_lines(before), _lines(after), strict=True))
    exact = sum(asked == other for asked, other in pairs)
    differing = [asked for asked, other in pairs if _rounded(asked) != _rounded(other)]
    failed = sum('"errors"' in asked["answer"] for asked, _ in pairs)
    for asked in differing[:10]:
        print(asked["person"], asked["query"], asked["variables"])
    print(
        f"{len(pairs)} requests: {exact} answers are the same to the last digit, "
        f"{len(differing)} differ, {failed} are errors."
    )
    return len(differing)


def _rounded(asked: Mapping[str, Any]) -> dict[str, Any]:
    answer = SCORE.sub(lambda score: f'"score": {float(score[1]):.{DECIMALS}f}', asked["answer"])
    return {**asked, "answer": answer}


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("task", choices=("record", "compare"))
    parser.add_argument("arguments", nargs="+")
    chosen = parser.parse_args()
    if chosen.task == "record":
        url, home, file = chosen.arguments
        record(url, Path(home), Path(file))
    else:
        sys.exit(bool(compare(*map(Path, chosen.arguments))))
