"""Documents that make servers work hard before they know the cost: the worst of each kind.

python -m benchmarks.attacks [--seconds 20]

Beside each time stands that of Strawberry's own limits for depth, aliases and tokens with the
rules of graphql-core, in a process of its own that is ended after --seconds.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time

from graphql import GraphQLError, parse, specified_rules, validate
from strawberry.extensions import MaxAliasesLimiter, QueryDepthLimiter

from gql.execution.cost import costs_of
from gql.execution.document_shape import DEEPEST, MOST_ALIASES
from gql.execution.documents import MOST_TOKENS, Documents
from gql.schema import make_schema
from tests.support.attacks import ATTACKS

SIZES = (5, 10, 20, 40, 80, 160, 320, 480)
SCHEMA = make_schema()._schema  # pyright: ignore[reportPrivateUsage] - it has no other name


def ours(text: str) -> None:
    """Do all that is done before the cost is known."""
    documents = Documents()
    try:
        document = documents.parsed(text)
        if not documents.errors(text, document, SCHEMA):
            costs_of(SCHEMA, document, None, {})
    except GraphQLError:
        return


def theirs(text: str) -> None:
    """Do what Strawberry's limiters and all rules do."""
    limits = [*QueryDepthLimiter(DEEPEST).validation_rules]
    limits += MaxAliasesLimiter(MOST_ALIASES).validation_rules
    try:
        document = parse(text, max_tokens=MOST_TOKENS)
        validate(SCHEMA, document, [*specified_rules, *limits])
    except (GraphQLError, KeyError):
        return


def main() -> None:
    """Print a table: the worst size of each kind, its bytes, and the seconds."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--seconds", type=float, default=20.0)
    most: float = reader.parse_args().seconds
    print("| kind | worst, bytes | here | with Strawberry's limiters |\n|---|---:|---:|---:|")
    for kind, make in ATTACKS.items():
        texts = [make(size) for size in SIZES]
        worst, seconds = max(((text, _best(text)) for text in texts), key=lambda timed: timed[1])
        there = _theirs(texts, most)
        print(f"| {kind} | {len(worst):,} | {1000 * seconds:.0f} ms | {there} |", flush=True)


def _best(text: str) -> float:
    """Return the best of three times: the machine has other work too."""
    times: list[float] = []
    for _ in range(3):
        began = time.perf_counter()
        ours(text)
        times.append(time.perf_counter() - began)
    return min(times)


def _theirs(texts: list[str], most: float) -> str:
    worst = 0.0
    for text in texts:
        child = multiprocessing.Process(target=theirs, args=(text,))
        began = time.perf_counter()
        child.start()
        child.join(most)
        if child.is_alive():
            child.kill()
            child.join()
            return f"over {most:.0f} s, at {len(text):,} bytes"
        worst = max(worst, time.perf_counter() - began)
    return f"{1000 * worst:.0f} ms"


if __name__ == "__main__":
    main()
