from __future__ import annotations

import pytest
import strawberry

from gql import described


@described.object_type
class Drink:
    """A drink of the catalogue.

    What is not known
    is null.
    """

    name: str

    @described.field
    def kind(self) -> str:
        """What it is."""
        return "beer"


@described.object_type
class Query:
    """What clients can ask for."""

    drink: Drink | None = None


def test_clients_read_the_docstring_as_one_line() -> None:
    schema = strawberry.Schema(query=Query).as_str()
    assert '"""A drink of the catalogue. What is not known is null."""\ntype Drink {' in schema
    assert '"""What it is."""\n  kind: String!' in schema


def test_nothing_is_without_a_description() -> None:
    with pytest.raises(TypeError, match="has no docstring"):

        @described.object_type
        class Silent:  # pyright: ignore[reportUnusedClass]
            name: str
