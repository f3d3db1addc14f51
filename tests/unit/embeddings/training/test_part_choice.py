"""Parts of a really trained model, one of them damaged where one kind of drinks is concerned."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from scipy import sparse

from embeddings.data.dataset import BoolArray, TrainingGraph
from embeddings.data.splitting import Split, split
from embeddings.evaluation.metrics import Scorer
from embeddings.evaluation.parts import (
    CLOSED_FORM,
    EVERYBODY,
    GRAPHSAGE,
    TRANSITIONS,
    worst_hurt,
)
from embeddings.evaluation.promotion import Bounds
from embeddings.evaluation.slices import Comparison
from embeddings.training.config import TrainingConfig
from embeddings.training.factors.spectral import Spectrum
from embeddings.training.part import Part
from embeddings.training.part_choice import is_on, without_harm
from embeddings.training.progress import Progress, ignore
from embeddings.training.stages import graph_part, graph_spectrum, graph_transitions
from embeddings.training.trainer import Trained
from tests.unit.embeddings.worlds import QUICK, checkerboard, converts

CONFIG = dataclasses.replace(QUICK, graph=0.5, graph_rounds=20, content_steps=0, choice=False)
BOUNDS = dataclasses.replace(Bounds(), k=5)
DRINKS = 40
HOT = np.arange(DRINKS) % 5 == 0


@dataclasses.dataclass(frozen=True)
class Parts:
    """What a model is made of, each trained on the training part."""

    spectrum: Spectrum
    transitions: sparse.csr_array
    graph: Part


def hot_and_cold(graph: TrainingGraph, hot: BoolArray = HOT) -> Split:
    rows = np.arange(DRINKS)
    kinds = np.stack([rows, np.where(hot, 0, 1)])
    return split(dataclasses.replace(graph, kinds=("hot", "cold"), drink_kinds=kinds), 1)


def trained(world: Split) -> Parts:
    transitions = graph_transitions(world.train, CONFIG, ignore)
    assert transitions is not None
    spectrum = graph_spectrum(world.train, CONFIG, ignore)
    return Parts(spectrum, transitions, graph_part(world.train, CONFIG, spectrum, ignore))


@pytest.fixture(scope="module")
def world() -> Split:
    return hot_and_cold(checkerboard(people=300, drinks=DRINKS, share=0.3))


@pytest.fixture(scope="module")
def sound(world: Split) -> Parts:
    return trained(world)


def scorers(graph: TrainingGraph, parts: Parts) -> Callable[[TrainingConfig], Scorer]:
    return lambda config: Trained(
        graph, config, parts.spectrum, transitions=parts.transitions, part=parts.graph
    ).scorer()


def damaged(parts: Parts, part: str, hot: BoolArray = HOT) -> Parts:
    """Return the parts of which one gives some drinks to those who want the other colour."""
    rows = np.arange(DRINKS)
    rows[hot] = np.roll(rows[hot], 1)
    if part == GRAPHSAGE:
        graph = dataclasses.replace(parts.graph, targets=parts.graph.targets[rows])
        return dataclasses.replace(parts, graph=graph)
    if part == TRANSITIONS:
        transitions = sparse.csr_array(sparse.csc_array(parts.transitions)[:, rows] * np.float32(8))
        return dataclasses.replace(parts, transitions=transitions)
    spectrum = dataclasses.replace(parts.spectrum, directions=parts.spectrum.directions[rows])
    return dataclasses.replace(parts, spectrum=spectrum)


def test_parts_that_hurt_nobody_stay_and_what_they_bring_is_said(
    world: Split, sound: Parts
) -> None:
    steps: list[Progress] = []
    chosen = without_harm(CONFIG, world, scorers(world.train, sound), steps.append, BOUNDS)
    assert dataclasses.replace(chosen, findings={}) == CONFIG
    assert set(chosen.findings) == {CLOSED_FORM, TRANSITIONS, GRAPHSAGE}
    assert all(said.startswith("NDCG 0.") for said in chosen.findings.values())
    assert all(said.endswith("hurts no slice") for said in chosen.findings.values())
    assert [(step.stage, step.epoch, step.epochs) for step in steps] == [
        ("parts", number, 4) for number in range(1, 5)
    ]


@pytest.mark.parametrize("part", [CLOSED_FORM, TRANSITIONS, GRAPHSAGE])
def test_a_part_that_hurts_a_kind_of_drinks_is_off_and_the_reason_is_said(
    world: Split, sound: Parts, part: str
) -> None:
    parts = damaged(sound, part)
    chosen = without_harm(CONFIG, world, scorers(world.train, parts), ignore, BOUNDS)
    assert not is_on(chosen, part)
    assert chosen.findings[part].startswith("hurts kind hot: NDCG 0.")
    assert chosen.findings[part].endswith("so it is off")
    others = {CLOSED_FORM, TRANSITIONS, GRAPHSAGE} - {part}
    assert all(is_on(chosen, alternative) for alternative in others)


def test_a_part_that_everybody_needs_stays_though_it_hurts_a_slice() -> None:
    # what somebody had next says most there
    few = np.arange(DRINKS) % 9 == 0
    world = hot_and_cold(converts(people=600, drinks=DRINKS), few)
    parts = damaged(trained(world), TRANSITIONS, few)
    chosen = without_harm(CONFIG, world, scorers(world.train, parts), ignore, BOUNDS)
    assert is_on(chosen, TRANSITIONS)
    said = chosen.findings[TRANSITIONS]
    assert said.startswith("hurts kind hot: NDCG 0.0") and "; stays, for everybody loses" in said


def test_only_a_clear_loss_is_harm() -> None:
    bounds = Bounds()
    small = Comparison(500, 0.19, 0.20, 0.001)
    unsure = Comparison(500, 0.15, 0.20, 0.04)
    clear = Comparison(500, 0.15, 0.20, 0.01)
    assert worst_hurt({EVERYBODY: small, "cold drinks": unsure}, bounds) is None
    assert worst_hurt({EVERYBODY: small, "cold drinks": clear}, bounds) == "cold drinks"


def test_the_last_vectors_are_never_off(world: Split, sound: Parts) -> None:
    alone = dataclasses.replace(CONFIG, graph=0.0)
    parts = damaged(sound, CLOSED_FORM)
    chosen = without_harm(alone, world, scorers(world.train, parts), ignore, BOUNDS)
    assert is_on(chosen, CLOSED_FORM)
    assert chosen.findings[CLOSED_FORM] == "stays, for no other part has vectors"
    assert chosen.findings[GRAPHSAGE] == "the model is no better with it"


def test_of_two_harmful_parts_the_one_with_the_last_vectors_stays(
    world: Split, sound: Parts
) -> None:
    parts = damaged(damaged(sound, CLOSED_FORM), GRAPHSAGE, ~HOT)
    chosen = without_harm(CONFIG, world, scorers(world.train, parts), ignore, BOUNDS)
    on = [part for part in (CLOSED_FORM, GRAPHSAGE) if is_on(chosen, part)]
    assert len(on) == 1 and chosen.findings[on[0]] == "stays, for no other part has vectors"
    assert sum(said.endswith("so it is off") for said in chosen.findings.values()) == len(
        [part for part in chosen.findings if not is_on(chosen, part)]
    )


def test_without_its_vectors_the_closed_form_ranks_nothing_and_transitions_stay(
    world: Split, sound: Parts
) -> None:
    config = dataclasses.replace(CONFIG, closed_form=False)
    model = Trained(
        world.train, config, sound.spectrum, transitions=sound.transitions, part=sound.graph
    )
    whole = Trained(
        world.train, CONFIG, sound.spectrum, transitions=sound.transitions, part=sound.graph
    )
    bare = Trained(world.train, CONFIG, sound.spectrum, part=sound.graph)
    people = np.arange(20)
    closed = bare.blocks.split(whole.part.targets)["closed form"]
    first = model.artefact().settings["blocks"][0]
    assert (first["weight"], first["transitions_weight"]) == (0.0, 0.5)
    scores, without = whole.scorer()(people), model.scorer()(people)
    summed = whole.history[people] @ whole.part.sources
    had = np.diff(whole.history.indptr)[people].astype(np.float32)
    summed = summed + whole.blocks.prior(1 / had) * whole.part.default
    persons = whole.blocks.split(whole.blocks.people(summed, had))["closed form"]
    assert np.allclose(scores - without, persons @ closed.T, atol=1e-4)
