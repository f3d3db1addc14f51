"""Which models' files go, which stay, and what may be made active."""

from __future__ import annotations

import dataclasses
import os
import time
from pathlib import Path

import pytest

from embeddings.registry.lifecycle import check_promotion, previous
from embeddings.registry.retention import superfluous
from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact
from graph.models.records import ModelRefused, RegisteredModel

VERSIONS = [f"2026112{day}T080000Z-0123abcd" for day in range(1, 8)]
PASSED, FAILED = [{"name": "data", "passed": True}], [{"name": "data", "passed": False}]


def model(version: str, status: str, promoted_at: str | None = None) -> RegisteredModel:
    return RegisteredModel(
        version, status, "2026-11-21", promoted_at, None, None, "data", {}, "too bad", PASSED
    )


def test_the_newest_the_active_the_one_before_and_a_shadow_are_kept() -> None:
    known = [
        model(VERSIONS[0], "retired", "2026-11-21"),
        dataclasses.replace(model(VERSIONS[1], "candidate"), shadow={"share": 0.1}),
        dataclasses.replace(model(VERSIONS[2], "candidate"), shadow={"share": 0.0}),
        model(VERSIONS[3], "active", "2026-11-23"),
        model(VERSIONS[4], "retired", "2026-11-22"),
        model(VERSIONS[5], "candidate"),
    ]
    assert previous(known) == VERSIONS[4]
    assert superfluous(known, VERSIONS, keep=1) == [VERSIONS[0], VERSIONS[2], VERSIONS[5]]
    assert superfluous(known, VERSIONS, keep=5) == [VERSIONS[0]]
    assert superfluous(known, VERSIONS, keep=99) == []
    tried = {VERSIONS[0], VERSIONS[2]}  # by an experiment that runs
    assert superfluous(known, VERSIONS, keep=1, tried=tried) == [VERSIONS[5]]


def test_a_pruned_model_is_never_gone_back_to() -> None:
    known = [
        model(VERSIONS[0], "retired", "2026-11-21"),
        model(VERSIONS[1], "pruned", "2026-11-22"),
    ]
    assert previous(known) == VERSIONS[0]
    with pytest.raises(ModelRefused, match="pruned"):
        check_promotion(known[1], "I insist")


def test_what_the_gate_refused_needs_a_reason() -> None:
    refused = dataclasses.replace(model(VERSIONS[0], "candidate"), checks=FAILED)
    with pytest.raises(ModelRefused, match="too bad"):
        check_promotion(refused, None)
    check_promotion(refused, "the data of last week were wrong")
    check_promotion(model(VERSIONS[0], "candidate"), None)
    never = dataclasses.replace(refused, checks=None)
    with pytest.raises(ModelRefused):
        check_promotion(never, None)
    check_promotion(dataclasses.replace(never, promoted_at="2026-11-21"), None)


def test_files_of_a_model_go_whole_and_so_do_abandoned_writes(
    artefact: ModelArtefact, tmp_path: Path
) -> None:
    store = ModelStore(tmp_path / "models")
    for version in VERSIONS[:3]:
        store.write(dataclasses.replace(artefact, version=version))
    old, young = store.folder / ".writing-old", store.folder / ".writing-young"
    for folder in (old, young):
        folder.mkdir()
    os.utime(old, (time.time() - 2 * 24 * 3600,) * 2)
    assert store.remove([VERSIONS[0], VERSIONS[5]]) == [VERSIONS[0]]
    assert store.versions() == VERSIONS[1:3]
    assert young.is_dir() and not old.exists()
    assert not list(store.folder.glob(".removing-*"))
