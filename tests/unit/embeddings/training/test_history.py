from __future__ import annotations

from pathlib import Path

import pytest

from embeddings.training.history import CURVE, Recorder, Step, load_curve, save_curve
from embeddings.training.progress import Progress


def recorded(*reports: Progress) -> list[Step]:
    recorder = Recorder()
    for report in reports:
        recorder.note(report)
    return recorder.steps


def test_reports_are_kept_in_order_and_a_stage_that_begins_anew_is_another_run() -> None:
    steps = recorded(
        Progress("choose", 1, 2, ndcg=0.1),
        Progress("choose", 2, 2, ndcg=0.2),
        Progress("attributes", 1, 2, loss=0.9),
        Progress("attributes", 2, 2, loss=0.8),
        Progress("attributes", 1, 2, loss=0.7),
        Progress("choose", 3, 3, ndcg=0.3),
    )
    assert [(step.stage, step.run, step.epoch) for step in steps] == [
        ("choose", 1, 1),
        ("choose", 1, 2),
        ("attributes", 1, 1),
        ("attributes", 1, 2),
        ("attributes", 2, 1),
        ("choose", 2, 3),
    ]
    assert (steps[1].ndcg, steps[4].loss) == (0.2, 0.7)


def test_a_curve_is_read_as_it_was_written(tmp_path: Path) -> None:
    steps = recorded(Progress("choose", 1, 2, ndcg=0.1), Progress("attributes", 1, 9, loss=0.9))
    save_curve(tmp_path, steps)
    assert load_curve(tmp_path) == tuple(steps)
    assert [path.name for path in tmp_path.iterdir()] == [CURVE]


@pytest.mark.parametrize("text", [None, "", "{", "[1]", '[{"stage": "x"}]', "7"])
def test_a_model_without_a_readable_curve_has_none(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / CURVE).write_text(text)
    assert load_curve(tmp_path) == ()
