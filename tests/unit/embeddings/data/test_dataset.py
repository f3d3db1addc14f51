from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from embeddings.data.dataset import Events, TrainingGraph
from tests.unit.embeddings.worlds import checkerboard, edges


def test_equal_graphs_have_equal_fingerprints() -> None:
    assert checkerboard().fingerprint() == checkerboard().fingerprint()


@pytest.mark.parametrize(
    "change",
    [
        {"drinks": tuple(f"other-{number}" for number in range(24))},
        {"drink_flavors": edges((0, 1))},
        {"user_likes": {}},
        {"events": Events.of([0], [0])},
        {"kinds": ("wine",)},
    ],
)
def test_any_change_changes_the_fingerprint(change: dict[str, object]) -> None:
    graph = checkerboard()
    assert dataclasses.replace(graph, **change).fingerprint() != graph.fingerprint()  # type: ignore[arg-type]


def test_moving_a_letter_between_ids_changes_the_fingerprint() -> None:
    nothing = Events.of([], [])
    one = TrainingGraph(("ab", "c"), (), nothing)
    assert one.fingerprint() != TrainingGraph(("a", "bc"), (), nothing).fingerprint()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"drink_ingredients": edges((0, 3))}, "drink_ingredients"),
        ({"drink_ingredients": np.zeros((3, 1), dtype=np.int64)}, "shape"),
        ({"events": Events.of([60], [0])}, "events.user"),
        ({"events": Events.of([0], [-1])}, "events.drink"),
        ({"events": Events.of([0], [0], 8)}, "events.kind"),
        ({"user_likes": {"allergen": edges((0, 0))}}, "can be liked"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(checkerboard(), **change)  # type: ignore[arg-type]


def test_columns_of_unequal_length_are_refused() -> None:
    events = Events.of([0, 1], [0, 1])
    with pytest.raises(ValueError, match="length"):
        TrainingGraph(("a", "b"), ("x", "y"), dataclasses.replace(events, at=events.at[:1]))


def test_allergies_have_no_place_in_the_graph() -> None:
    names = {field.name for field in dataclasses.fields(TrainingGraph)}
    names |= {field.name for field in dataclasses.fields(Events)}
    assert not [name for name in names if "allerg" in name.lower()]
    with pytest.raises(TypeError):
        TrainingGraph((), (), Events.of([], []), user_allergies=edges((0, 0)))  # type: ignore[call-arg]
