"""The ingredients that a graph knows, ready to be recognised."""

from __future__ import annotations

import asyncio
from typing import Any

from graph.connection import Graph, Row
from graph.query_files import load
from graph.recognition.labels.vocabulary import ingredient_words as label_words
from graph.recognition.names import Names
from graph.recognition.recogniser import Recogniser

KNOWN_INGREDIENTS = load("catalogue/known_ingredients")
KNOWN_HIERARCHY = load("catalogue/known_hierarchy")

# How the source begins of an ingredient that only groups others (`soda-family`): a recipe that
# names it says nothing about its allergens.
GROUP = "group"
READING_SECONDS = 60.0


class Recognisers:
    """Keeps the recogniser of the newest requested version of the catalogue."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._version: int | None = None
        self._recogniser = Recogniser()

    async def current(self, graph: Graph, version: int) -> Recogniser:
        """Return a recogniser at least as new as a catalogue version. Raises GraphError."""
        async with self._lock:
            if version != self._version:
                self._recogniser = await load_recogniser(graph)
                self._version = version
            return self._recogniser


async def load_recogniser(graph: Graph) -> Recogniser:
    """Return a recogniser for the ingredients now in the graph. Raises GraphError."""
    rows = await graph.run(KNOWN_INGREDIENTS, deadline=READING_SECONDS)
    hierarchy = await graph.run(KNOWN_HIERARCHY, deadline=READING_SECONDS)
    return await asyncio.to_thread(recogniser_of, rows, hierarchy)


def recogniser_of(rows: list[Row], hierarchy: list[Row]) -> Recogniser:
    """Build a recogniser from rows of KNOWN_INGREDIENTS and KNOWN_HIERARCHY.

    An ingredient that an import made a kind of its older namesake is known by its id only: a text
    that names both means the older one.
    """
    recogniser = Recogniser()
    twins = _twins(rows, {(edge["childId"], edge["parentId"]) for edge in hierarchy})
    for row in rows:
        described = row["fingerprint"] is not None
        names = recogniser.described if described else recogniser.named
        if row["id"] in twins:
            names.add(row["id"], row["id"])
        else:
            names.add(row["id"], row["name"] or row["id"], row["synonyms"])
        if is_group(row["source"]):
            recogniser.groups.add(row["id"])
    recogniser.words = label_words()
    recogniser.avoided_words = label_words("avoided_words")
    return recogniser


def is_group(source: Any) -> bool:
    """Return whether an ingredient's source says that it only groups others."""
    return str(source or "").startswith(GROUP)


def _twins(rows: list[Row], edges: set[tuple[str, str]]) -> set[str]:
    everything = Names()
    for row in rows:
        everything.add(row["id"], row["name"] or row["id"], row["synonyms"])
    return {
        row["id"]
        for row in rows
        for text in (row["id"], row["name"] or row["id"], *row["synonyms"])
        for owner in everything.owners(text)
        if (row["id"], owner) in edges
    }
