from __future__ import annotations

import csv
from importlib import resources

import pytest

from graph.connection import Row
from graph.recognition.known import recogniser_of
from graph.recognition.recogniser import Recogniser


@pytest.fixture(scope="session")
def known() -> list[Row]:
    """The bundled ingredients, as the graph gives them after an import."""
    path = resources.files("graph").joinpath("knowledge", "ingredients", "ingredients.csv")
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return [
        {
            **row,
            "synonyms": [text for text in row["synonyms"].split("|") if text],
            "fingerprint": "bundled",
        }
        for row in rows
    ]


@pytest.fixture(scope="session")
def bundled(known: list[Row]) -> Recogniser:
    """A recogniser of the bundled ingredients."""
    return recogniser_of(known, [])
