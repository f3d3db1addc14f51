"""Every word of the graph in a query is in the vocabulary, and every word there is used."""

from __future__ import annotations

import pytest

from graph.vocabulary import LABELS, PROPERTIES, RELATIONSHIP_TYPES
from tests.support.query_files import Words, body_of, code, query_names, schema_paths, words

NAMES = query_names()

# Words of the design that no query uses yet.
RESERVED = {
    "Occasion": "drinks for an occasion have no query yet; the constraint is there",
    "FOR_OCCASION": "drinks for an occasion have no query yet",
    "intensity": "how strong a flavor is has no query yet",
}


def used() -> Words:
    usages = [words(body_of(name)) for name in NAMES]
    usages += [words(code(path.read_text(encoding="utf-8"))) for path in schema_paths()]
    return Words(
        labels=frozenset[str]().union(*(usage.labels for usage in usages)),
        types=frozenset[str]().union(*(usage.types for usage in usages)),
        properties=frozenset[str]().union(*(usage.properties for usage in usages)),
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_query_uses_only_words_of_the_vocabulary(name: str) -> None:
    usage = words(body_of(name))
    assert usage.labels <= LABELS
    assert usage.types <= RELATIONSHIP_TYPES
    assert usage.properties <= PROPERTIES


def test_the_schema_uses_only_words_of_the_vocabulary() -> None:
    for path in schema_paths():
        usage = words(code(path.read_text(encoding="utf-8")))
        assert usage.labels and usage.labels <= LABELS
        assert usage.properties and usage.properties <= PROPERTIES


def test_every_word_of_the_vocabulary_is_used_or_reserved() -> None:
    usage = used()
    vocabulary = LABELS | RELATIONSHIP_TYPES | PROPERTIES
    unused = vocabulary - usage.labels - usage.types - usage.properties
    assert unused == set(RESERVED) - {"Occasion"}
    assert set(RESERVED) <= vocabulary


def test_every_word_is_found_in_a_query_that_uses_it() -> None:
    query = """
    MATCH (user:User {id: $userId})-[event:RATED|SAVED]->(drink:Drink)
    OPTIONAL MATCH (drink)-[:CONTAINS {optional: true}]->(part:Ingredient)
    WITH drink, [one IN collect({place: part.reviewed}) | one.place] AS places
    WHERE event.value > 3 AND drink.abv = 0
    SET event += $row
    """
    assert words(query) == Words(
        labels=frozenset({"User", "Drink", "Ingredient"}),
        types=frozenset({"RATED", "SAVED", "CONTAINS"}),
        properties=frozenset({"id", "optional", "reviewed", "value", "abv"}),
    )
