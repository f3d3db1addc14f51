"""Printed labels, read by the API over the whole bundled graph."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from graph.connection import Graph
from graph.importing import BUNDLED, Silent, import_folder
from tests.support.api import Api

READ = """query ($text: String!) { answer: readLabel(text: $text) { __typename
  ... on Label { contains mayContain unread unreviewed complete
    findings { allergenId status text source } claims { allergenId text } } } }"""

TRACES = (
    "Water. May contain kumis",
    "May contain: kumis, water.",
    "Wasser. Kann Spuren von Kumis enthalten.",
    "Eau. Peut contenir des traces de kumis",
    "Agua. Puede contener kumis.",
    "Acqua. Può contenere tracce di kumis",
    "water (may contain kumis)",
    "Water. Made in a factory that also handles kumis",
)


async def opened(graph: Graph, folder: Path) -> Api:
    for name in ("law", "ingredients"):
        with resources.as_file(resources.files("graph") / "knowledge" / name) as path:
            await import_folder(
                graph, path, rejects=folder / "r.csv", progress=Silent(), source=BUNDLED
            )
    api = Api(graph)
    await api.start()
    return api


def by_graph(answer: dict[str, Any]) -> set[tuple[str, str]]:
    findings = answer["findings"]
    known = [finding for finding in findings if finding["source"].startswith("the graph: ")]
    return {(finding["text"], finding["allergenId"]) for finding in known}


async def test_labels_bring_what_the_whole_graph_knows(graph: Graph, tmp_path: Path) -> None:
    api = await opened(graph, tmp_path)

    answer = await api.ask(READ, None, text="water, kvass, Frangelico, soy sauce, kumis")
    assert {"rye", "hazelnut", "milk", "soy", "wheat"} <= {*answer["contains"]}
    assert "barley" in answer["mayContain"]
    proofs = {("kvass", "barley"), ("Frangelico", "hazelnut"), ("kumis", "milk")}
    assert proofs <= by_graph(answer)
    assert (answer["unread"], answer["unreviewed"], answer["complete"]) == ([], [], True)

    # What may be there brings its allergens as traces.
    for text in TRACES:
        answer = await api.ask(READ, None, text=text)
        assert "milk" in answer["mayContain"], text
        assert "milk" not in answer["contains"], text
    answer = await api.ask(READ, None, text="Kumis. May contain kumis")
    assert answer["contains"] == ["milk"]

    # An answer of no loses against the graph.
    for text in ("Ingredients: water, kumis.\nMilk: no", "kumis, suitable for vegans"):
        answer = await api.ask(READ, None, text=text)
        assert answer["contains"] == ["milk"], text
