from __future__ import annotations

import pytest
import torch

from embeddings.data.dataset import TrainingGraph
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.trainer import Trained, fit
from tests.unit.embeddings.worlds import QUICK, WITH_GRAPH, checkerboard


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def graph() -> TrainingGraph:
    return checkerboard()


@pytest.fixture(scope="session")
def trained(graph: TrainingGraph, one_thread: None) -> Trained:
    return fit(graph, QUICK)


@pytest.fixture(scope="session")
def artefact(trained: Trained) -> ModelArtefact:
    return trained.artefact()


@pytest.fixture(scope="session")
def trained_with_graph(graph: TrainingGraph, one_thread: None) -> Trained:
    return fit(graph, WITH_GRAPH)
