"""Where the graph is, without loading the driver, which takes half a second."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """Where the graph is and how to log in."""

    uri: str
    user: str
    password: str
    database: str

    def __repr__(self) -> str:
        return f"Address({self.uri}, user={self.user}, database={self.database})"
