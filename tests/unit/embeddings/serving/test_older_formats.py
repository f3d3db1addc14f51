"""Models that an older version saved are read as today's."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from embeddings.serving import artefact as artefacts
from embeddings.serving.artefact import ItemTransitions, ModelArtefact, ModelCorrupt
from embeddings.serving.blocks import Block, Blocks
from embeddings.serving.encoder import Encoder, Taste
from embeddings.serving.older_formats import READABLE, present_names, present_settings
from embeddings.training.candidate_evaluation import reference_config
from embeddings.training.config import TrainingConfig

OLD_NAMES = {"prior_weight": "habit", "shrinkage": "few", "transitions_weight": "following"}
TASTE = Taste(drinks=("drink-1", "drink-4", "drink-9"))


def old(settings: dict[str, object]) -> dict[str, object]:
    return {OLD_NAMES.get(name, name): value for name, value in settings.items()}


def saved_in_format_3(
    artefact: ModelArtefact, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """The folder that format 3 had: `few` of blocks, `following.*` arrays, older settings."""
    parts = dataclasses.asdict(artefact.transitions)
    settings = dict(artefact.settings)
    before = dataclasses.replace(
        artefact,
        settings={
            **settings,
            "training": old(settings["training"]),
            "blocks": [old(block) for block in settings["blocks"]],
        },
        arrays={**artefact.arrays, **{f"following.{name}": part for name, part in parts.items()}},
        transitions=ItemTransitions(),
    )
    monkeypatch.setattr(artefacts, "FORMAT", 3)
    before.save(folder)
    monkeypatch.undo()
    return folder


def test_a_model_of_format_3_ranks_as_before(
    artefact: ModelArtefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = ModelArtefact.load(saved_in_format_3(artefact, tmp_path / "old", monkeypatch))
    assert b"following" in (tmp_path / "old" / "weights.safetensors").read_bytes()
    assert again.settings == artefact.settings
    assert set(again.arrays) == set(artefact.arrays)
    assert again.transitions.weights.size
    assert np.array_equal(Encoder(again).scores([TASTE]), Encoder(artefact).scores([TASTE]))


def test_a_model_of_format_4_has_no_transitions_below_zero_and_is_read(
    artefact: ModelArtefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = artefact.transitions
    above = dataclasses.replace(known, weights=np.abs(known.weights))
    monkeypatch.setattr(artefacts, "FORMAT", 4)
    dataclasses.replace(artefact, transitions=above).save(tmp_path / "old")
    monkeypatch.undo()
    again = ModelArtefact.load(tmp_path / "old")
    assert np.array_equal(again.transitions.weights, above.weights)


def test_a_model_of_format_2_has_one_block() -> None:
    settings = present_settings({"recency": 1.0, "cold_gain": 0.5, "few": 7.0})
    assert Blocks.of(settings, 16) == Blocks(
        (Block("closed form", 16, cold_length=0.5, shrinkage=7.0),)
    )


def test_settings_that_the_graph_recorded_are_those_of_a_rival() -> None:
    recorded = {"habit": 0.5, "few": 3.0, "following": 2.0, "ridge": 12.0}
    assert reference_config(recorded, TrainingConfig()) == TrainingConfig(
        prior_weight=0.5, shrinkage=3.0, transitions_weight=2.0
    )
    assert present_names({"prior_weight": 0.5}) == {"prior_weight": 0.5}


@pytest.mark.parametrize("number", [1, 6])
def test_another_format_is_refused(
    artefact: ModelArtefact, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    assert number not in READABLE
    monkeypatch.setattr(artefacts, "FORMAT", number)
    artefact.save(tmp_path / "other")
    monkeypatch.undo()
    with pytest.raises(ModelCorrupt, match=f"format {number}, expected 5"):
        ModelArtefact.load(tmp_path / "other")
