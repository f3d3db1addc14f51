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
    found = [words(body_of(name)) for name in NAMES]
    found += [words(code(path.read_text(encoding="utf-8"))) for path in schema_paths()]
    return Words(
        labels=frozenset[str]().union(*(one.labels for one in found)),
        types=frozenset[str]().union(*(one.types for one in found)),
        properties=frozenset[str]().union(*(one.properties for one in found)),
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_query_uses_only_words_of_the_vocabulary(name: str) -> None:
    found = words(body_of(name))
    assert found.labels <= LABELS
    assert found.types <= RELATIONSHIP_TYPES
    assert found.properties <= PROPERTIES


def test_the_schema_uses_only_words_of_the_vocabulary() -> None:
    for path in schema_paths():
        found = words(code(path.read_text(encoding="utf-8")))
        assert found.labels and found.labels <= LABELS
        assert found.properties and found.properties <= PROPERTIES


def test_every_word_of_the_vocabulary_is_used_or_reserved() -> None:
    found = used()
    vocabulary = LABELS | RELATIONSHIP_TYPES | PROPERTIES
    unused = vocabulary - found.labels - found.types - found.properties
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
