"""Steps kept on disk: found again, or not at all."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.data.dataset import TrainingGraph
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.factors.warm_start import LastModel
from embeddings.training.pipeline import retrain
from embeddings.training.progress import Progress
from embeddings.training.runtime import TrainingRuntime
from embeddings.training.trainer import fit
from embeddings.training.workers.checkpoints import FOLDER, CheckpointFolder, digest
from tests.unit.embeddings.worlds import QUICK, converts


class Killed(BaseException):
    """Stands for the end of a process: nothing catches it."""


def kept(models: Path) -> list[Path]:
    return sorted(path for path in (models / FOLDER).rglob("*") if path.is_file())


def test_what_was_put_is_found_by_the_same_run_only(tmp_path: Path) -> None:
    steps = CheckpointFolder(tmp_path, "one")
    steps.put("basis", {"numbers": np.arange(6.0).reshape(2, 3)})
    steps.put_values("settings", {"ridge": 8.0})
    again = CheckpointFolder(tmp_path, "one")
    basis = again.get("basis")
    assert basis is not None and np.array_equal(basis["numbers"], [[0, 1, 2], [3, 4, 5]])
    assert again.get_values("settings") == {"ridge": 8.0}
    assert again.get("other") is None
    other = CheckpointFolder(tmp_path, "two")
    assert other.get("basis") is None and not kept(tmp_path)


@pytest.mark.parametrize("damage", [b"", b"short", None])
def test_a_damaged_step_is_removed(tmp_path: Path, damage: bytes | None) -> None:
    steps = CheckpointFolder(tmp_path, "one")
    steps.put("basis", {"numbers": np.arange(6.0)})
    (path,) = kept(tmp_path)
    raw = path.read_bytes()
    path.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]) if damage is None else damage)
    assert steps.get("basis") is None
    assert not kept(tmp_path)


def test_what_lies_about_is_removed(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "file").write_text("foreign")
    CheckpointFolder(tmp_path, "one")
    assert not kept(tmp_path)


def test_digests_differ_where_anything_does() -> None:
    ones = np.ones(4, dtype=np.float32)
    digests = {digest(ones, 1), digest(ones, 2), digest(ones.astype(np.float64), 1)}
    digests |= {digest(ones.reshape(2, 2), 1), digest(ones), digest(2 * ones, 1)}
    assert len(digests) == 6
    assert digest(ones, 1) == digest(ones.copy(), 1)


@pytest.mark.parametrize(
    ("stage", "epoch"),
    [("directions", 2), ("choose", 1), ("attributes", 14), ("attributes", 1)],
)
def test_a_run_broken_off_anywhere_goes_on_to_the_same_model(
    described: TrainingGraph, whole: ModelArtefact, tmp_path: Path, stage: str, epoch: int
) -> None:
    def killing(progress: Progress) -> None:
        if (progress.stage, progress.epoch) == (stage, epoch):
            raise Killed

    with pytest.raises(Killed):
        train(described, CheckpointFolder(tmp_path, "run"), killing)
    done: list[Progress] = []
    resumed = train(described, CheckpointFolder(tmp_path, "run"), done.append)
    assert_same(resumed, whole)
    if stage == "attributes":
        assert "choose" not in {progress.stage for progress in done}
    first = [progress.epoch for progress in done if progress.stage == stage][:1]
    assert stage == "choose" or first != [1] or epoch == 1


def test_nothing_about_people_is_kept(described: TrainingGraph, tmp_path: Path) -> None:
    steps = CheckpointFolder(tmp_path, "run")
    train(described, steps)
    files = kept(tmp_path)
    assert files
    people, drinks = len(described.users), len(described.drinks)
    attributes = {len(described.ids(name)) for name in ("ingredient", "flavor", "style")}
    for path in files:
        raw = path.read_bytes()
        assert not any(user.encode() in raw for user in described.users[:20])
        arrays: dict[str, Any] = dict(steps.get(path.name) or {})
        for array in arrays.values():
            assert people not in array.shape
            assert array.ndim < 2 or array.shape[0] in {drinks, 0, 8, *attributes, *array.shape[1:]}


def test_warm_vectors_lie_where_the_last_ones_did(described: TrainingGraph) -> None:
    cold = fit(described, QUICK).artefact()
    other = dataclasses.replace(QUICK, seed=9)
    fresh = fit(described, other).artefact()
    warm = fit(described, other, runtime=TrainingRuntime(last=LastModel.of(cold))).artefact()
    assert warm.settings["began_with"] == cold.version
    assert fresh.settings["began_with"] is None

    def distance(artefact: ModelArtefact) -> float:
        return float(np.linalg.norm(artefact.drink_vectors - cold.drink_vectors))

    size = float(np.linalg.norm(cold.drink_vectors))
    assert distance(warm) < 0.1 * size
    scores, expected = (model.drink_vectors @ model.drink_vectors.T for model in (warm, cold))
    assert np.abs(scores - expected).max() < 0.05 * np.abs(expected).max()


def test_a_last_model_of_other_drinks_changes_nothing_but_the_beginning(
    described: TrainingGraph,
) -> None:
    stranger = LastModel("other", ("x", "y"), np.ones((2, 5), dtype=np.float32), 0.25)
    with_stranger = fit(described, QUICK, runtime=TrainingRuntime(last=stranger)).artefact()
    without = fit(described, QUICK).artefact()
    scores, expected = (
        model.arrays["drink_sources"] @ model.drink_vectors.T for model in (with_stranger, without)
    )
    assert np.abs(scores - expected).max() < 0.05 * np.abs(expected).max()


def train(
    graph: TrainingGraph, steps: CheckpointFolder, report: Any = lambda progress: None
) -> ModelArtefact:
    return retrain(graph, QUICK, report, k=5, runtime=TrainingRuntime(checkpoints=steps)).artefact


def assert_same(actual: ModelArtefact, expected: ModelArtefact) -> None:
    assert actual.metrics == expected.metrics
    for name, array in expected.arrays.items():
        assert np.array_equal(actual.arrays[name], array), name


@pytest.fixture(scope="module")
def described() -> TrainingGraph:
    """Enough people to choose settings on, and drinks with attributes."""
    graph = converts(people=240)
    rows = np.arange(len(graph.drinks))
    return dataclasses.replace(
        graph,
        ingredients=tuple(f"ingredient-{row}" for row in range(8)),
        drink_ingredients=np.stack([rows, rows % 8]),
        flavors=("bitter", "sweet"),
        drink_flavors=np.stack([rows, rows % 2]),
    )


@pytest.fixture(scope="module")
def whole(described: TrainingGraph) -> ModelArtefact:
    """The model of a run that nothing broke off."""
    return retrain(described, QUICK, k=5).artefact
