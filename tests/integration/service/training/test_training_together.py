"""Training broken off and gone on with, and by two workers, on a server's own graph."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.workers.checkpoints import FOLDER
from tests.integration.service.commands import COMMAND, Served, environment, tastegraph
from tests.integration.service.worlds import write_world

ASK = """{ recommendations(first: 5) {
    ... on Recommendations { modelVersion items { drink { id } } } } }"""
# beside other work, a query may wait for a processor; nothing is assumed of people but what the
# operator brings
PATIENT = {"TASTEGRAPH_DEADLINE": "60", "TASTEGRAPH_GROUNDS": "consent"}
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node")


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("together")
    with Served(folder / "home", "--empty", **PATIENT) as running:
        running.ready(300)
        tables = write_world(folder / "tables")
        rejects = f"--rejects={folder / 'rejects.csv'}"
        imported = tastegraph(running.home, "import", str(tables), rejects, **PATIENT)
        assert imported.returncode == 0, imported.stderr
        yield running


def outcome(stdout: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(stdout[stdout.index("{") :])
    return document


def retrained(serving: Served, *options: str) -> ModelArtefact:
    done = tastegraph(serving.home, "retrain", "--json", *options, timeout=500, **PATIENT)
    assert done.returncode in (0, 4), done.stderr
    return ModelStore(serving.home / "models").load(outcome(done.stdout)["version"])


def killed_after_choosing(serving: Served) -> list[Path]:
    """Kill a retrain as soon as it has kept the settings; return what it left."""
    checkpoints = serving.home / "models" / FOLDER
    running = subprocess.Popen(
        [*COMMAND, "retrain", "--seed", "5"],
        env=environment(serving.home, **PATIENT),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until = time.monotonic() + 300
    while not list(checkpoints.rglob("settings")):
        assert running.poll() is None and time.monotonic() < until
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    assert running.wait(30) == -signal.SIGKILL
    return [path for path in checkpoints.rglob("*") if path.is_file()]


def test_after_a_kill_training_goes_on_to_the_same_model(serving: Served) -> None:
    left = killed_after_choosing(serving)
    assert left
    assert not any(b"person-" in path.read_bytes() for path in left)
    resumed = retrained(serving, "--seed", "5")
    assert not (serving.home / "models" / FOLDER).exists()
    whole = retrained(serving, "--seed", "5", "--from-scratch")
    assert resumed.version != whole.version
    assert resumed.metrics == whole.metrics
    for name, array in whole.arrays.items():
        assert np.array_equal(resumed.arrays[name], array), name


def test_two_workers_train_a_model_that_is_served(serving: Served) -> None:
    done = subprocess.run(
        [*TORCHRUN, "2", "-m", "service.cli.main", "retrain", "--seed", "5", "--json"],
        env=environment(serving.home, **PATIENT),
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    reported = outcome(done.stdout)
    together = ModelStore(serving.home / "models").load(reported["version"])
    alone = ModelStore(serving.home / "models").load(together.settings["began_with"])
    ndcg = [model.metrics["model"]["ndcg"] for model in (alone, together)]
    assert ndcg[1] == pytest.approx(ndcg[0], abs=0.002)
    token, until = serving.token("person-0"), time.monotonic() + 30
    while serving.data(ASK, token)["recommendations"]["modelVersion"] != reported["version"]:
        assert time.monotonic() < until, serving.said()
        time.sleep(0.1)
    assert len(serving.data(ASK, token)["recommendations"]["items"]) == 5
