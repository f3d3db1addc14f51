"""The same seed, data and machine give the same bytes, also in another process."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from embeddings.serving.artefact import WEIGHTS

TRAIN = """
import sys
from pathlib import Path
from embeddings.training.pipeline import retrain
from embeddings.training.config import TrainingConfig
from tests.unit.embeddings.worlds import converts
artefact = retrain(converts(people=150), TrainingConfig(seed=int(sys.argv[1]))).artefact
artefact.save(Path(sys.argv[2]))
"""


def weights(folder: Path, seed: int) -> str:
    """The digest of the weights that a fresh process trains."""
    subprocess.run([sys.executable, "-c", TRAIN, str(seed), str(folder)], check=True, timeout=300)
    return hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()


@pytest.mark.timeout(600)
def test_two_fresh_processes_train_the_same_bytes(tmp_path: Path) -> None:
    first = weights(tmp_path / "first", seed=5)
    assert weights(tmp_path / "again", seed=5) == first
    assert weights(tmp_path / "other", seed=6) != first
