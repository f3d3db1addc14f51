from __future__ import annotations

from embeddings.data.dataset import Events, TrainingGraph
from embeddings.data.diagnostics import diagnose
from tests.unit.embeddings.worlds import edges

# a, b and c hang together by people and gin; d only has rum; e has nothing at all
GRAPH = TrainingGraph(
    drinks=tuple("abcde"),
    users=("one", "two"),
    events=Events.of([0, 0, 1], [0, 1, 1]),
    ingredients=("gin", "rum"),
    kinds=("cocktail",),
    drink_ingredients=edges((0, 0), (2, 0), (3, 1)),
    drink_kinds=edges((0, 0), (1, 0), (2, 0), (3, 0), (4, 0)),
)


def test_parts_of_the_graph_are_found() -> None:
    diagnostics = diagnose(GRAPH)
    assert diagnostics.components == (6, 2, 1)
    assert diagnostics.apart == ("d", "e")
    assert diagnostics.unlinked == ("e",)
    assert diagnostics.people_of.tolist() == [1, 2, 0, 0, 0]
    assert diagnostics.had_by_nobody == 3
    assert (
        diagnostics.nodes["drink"],
        diagnostics.nodes["ingredient"],
        diagnostics.edges["had"],
    ) == (5, 2, 3)


def test_hubs_are_drinks_and_attributes_never_people() -> None:
    hubs = [(hub.kind, hub.id, hub.degree) for hub in diagnose(GRAPH).hubs]
    assert hubs[:2] == [("drink", "a", 2), ("drink", "b", 2)]
    assert hubs[5:] == [("ingredient", "gin", 2), ("ingredient", "rum", 1)]


def test_too_many_edges_are_looked_at_in_part() -> None:
    diagnostics = diagnose(GRAPH, most_edges=2)
    assert diagnostics.people_taken == 1
    assert diagnostics.people_of.tolist() == [1, 2, 0, 0, 0]


def test_an_empty_graph_has_nothing() -> None:
    diagnostics = diagnose(TrainingGraph((), (), Events.of([], [])))
    assert (diagnostics.components, diagnostics.hubs, diagnostics.apart) == ((), (), ())
