from __future__ import annotations

import dataclasses
import io
import json

import pytest
from rich.console import Console

from embeddings.registry.part_weights import NOT_COMPARED, part_weights
from graph.models.records import RegisteredModel
from service.cli.output.tables import print_model
from tests.unit.embeddings.worlds import QUICK

HURTS = "hurts cold drinks: NDCG 0.0210 with it, 0.0302 without it, 412 people; so it is off"


def recorded(**settings: object) -> dict[str, object]:
    """Settings as a model's record has them."""
    told: dict[str, object] = json.loads(json.dumps(dataclasses.asdict(QUICK)))
    return {**told, **settings}


def test_weights_are_those_of_a_score() -> None:
    parts = part_weights(
        recorded(graph=0.35, transitions_weight=3.0, findings={"GraphSAGE": "good"})
    )
    assert [part.part for part in parts] == ["closed form", "transitions", "GraphSAGE"]
    assert [part.weight for part in parts] == pytest.approx([0.65, 1.95, 0.35])
    assert [part.finding for part in parts] == [NOT_COMPARED, NOT_COMPARED, "good"]


def test_weights_recorded_by_an_older_version_are_read() -> None:
    assert part_weights({"graph": 0.5, "following": 3.0})[1].weight == pytest.approx(1.5)


def test_a_part_that_is_off_weighs_nothing() -> None:
    off = part_weights(recorded(graph=0.35, closed_form=False))
    assert [part.weight for part in off] == pytest.approx([0.0, 0.65, 0.35])
    assert [part.weight for part in part_weights({"ridge": 12.0})] == [1.0, 0.0, 0.0]


def test_the_record_shows_weights_and_why_a_part_is_off() -> None:
    training = recorded(graph=0.0, findings={"GraphSAGE": HURTS})
    known = dict.fromkeys(field.name for field in dataclasses.fields(RegisteredModel))
    model = RegisteredModel(**{**known, "metrics": {}, "lineage": {"training": training}})  # type: ignore[arg-type]
    written = io.StringIO()
    print_model(Console(file=written, width=200), model)
    (row,) = [line for line in written.getvalue().splitlines() if "GraphSAGE" in line]
    assert "off" in row and HURTS in row
