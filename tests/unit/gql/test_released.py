"""The schema against the last release: what clients ask today is answered tomorrow."""

from graphql import build_schema
from graphql.utilities import find_breaking_changes

from tests.support.pages import ROOT

RELEASED = (ROOT / "gql" / "released.graphql").read_text(encoding="utf-8")
NOW = (ROOT / "gql" / "schema.graphql").read_text(encoding="utf-8")


def breaks(new: str) -> list[str]:
    return [
        change.description
        for change in find_breaking_changes(build_schema(RELEASED), build_schema(new))
    ]


def test_nothing_that_was_released_is_broken() -> None:
    assert breaks(NOW) == []


def test_a_break_is_found() -> None:
    assert breaks(NOW.replace("  abv: Float\n", "", 1)) != []
    assert breaks(NOW.replace("search: String = null", "search: String!")) != []
    assert breaks(NOW.replace("servedHot: Boolean\n", "servedHot: String\n", 1)) != []
