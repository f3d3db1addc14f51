"""Two real processes, started by torchrun, train the model that one trains."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from embeddings.serving.artefact import ModelArtefact

TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node")
WORKER = ("-m", "tests.integration.embeddings.training.together")


def started(count: int, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*TORCHRUN, str(count), *WORKER, str(folder)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[int, ModelArtefact]:
    """A model by number of workers."""
    artefacts: dict[int, ModelArtefact] = {}
    for count in (1, 2):
        folder = tmp_path_factory.mktemp("workers") / str(count)
        done = started(count, folder)
        assert done.returncode == 0, done.stderr[-3000:]
        artefacts[count] = ModelArtefact.load(folder)
    return artefacts


def test_two_workers_find_the_same_scores(models: dict[int, ModelArtefact]) -> None:
    alone, together = models[1], models[2]
    for left, right in (("drink_sources", "drink_vectors"), ("drink_vectors", "drink_vectors")):
        expected = alone.arrays[left] @ alone.arrays[right].T
        scores = together.arrays[left] @ together.arrays[right].T
        assert np.abs(scores - expected).max() < 1e-3 * np.abs(expected).max()


def test_two_workers_rank_as_well(models: dict[int, ModelArtefact]) -> None:
    alone, together = (models[count].metrics["model"]["ndcg"] for count in (1, 2))
    assert alone > 0.05
    assert together == pytest.approx(alone, abs=0.002)


def test_two_workers_fit_the_graphsage_as_well(tmp_path: Path) -> None:
    ndcg: list[float] = []
    for count in (1, 2):
        done = started(count, tmp_path / str(count), GRAPH="1.0")
        assert done.returncode == 0, done.stderr[-3000:]
        artefact = ModelArtefact.load(tmp_path / str(count))
        assert [block["weight"] > 0 for block in artefact.settings["blocks"]] == [False, True, True]
        ndcg.append(artefact.metrics["model"]["ndcg"])
    assert ndcg[0] > 0.05
    assert ndcg[1] == pytest.approx(ndcg[0], rel=0.25)  # other batches, few people


def test_a_worker_that_dies_ends_all(tmp_path: Path) -> None:
    done = started(2, tmp_path / "model", DIES="yes")
    assert done.returncode != 0
    assert not (tmp_path / "model").exists()
    assert "rank      : 1" in done.stderr or "lost another worker" in done.stderr
