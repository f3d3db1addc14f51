"""Files that are made from the code: the query index, the schemas of events, the API's schema."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from gql.schema import make_schema
from graph.query_index import query_index
from service.cli.schema_page import schema_page


def generated() -> dict[Path, str]:
    """The text of every generated file, by path."""
    return {
        _folder("cypher") / "README.md": query_index(),
        _folder("events") / "schemas" / "README.md": schema_page(),
        _folder("gql") / "schema.graphql": make_schema().as_str() + "\n",
    }


def _folder(package: str) -> Path:
    return Path(str(resources.files(package)))
