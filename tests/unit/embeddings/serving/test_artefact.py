from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import (
    CONFIG,
    METRICS,
    WEIGHTS,
    ItemTransitions,
    ModelArtefact,
    ModelCorrupt,
)


def changed(artefact: ModelArtefact, name: str, array: np.ndarray) -> ModelArtefact:
    return dataclasses.replace(artefact, arrays={**artefact.arrays, name: array})


def test_round_trip(artefact: ModelArtefact, tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "models")
    store.write(artefact)
    again = store.load(artefact.version)
    assert store.versions() == [artefact.version]
    assert (again.ids, again.fingerprint) == (artefact.ids, artefact.fingerprint)
    assert again.settings == artefact.settings
    assert set(again.arrays) == set(artefact.arrays)
    for name, array in artefact.arrays.items():
        assert np.array_equal(again.arrays[name], array)
    for part in ("starts", "rows", "weights"):
        wanted = getattr(artefact.transitions, part)
        assert wanted.size and np.array_equal(getattr(again.transitions, part), wanted)


def test_a_model_may_have_no_transitions(artefact: ModelArtefact, tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    store.write(dataclasses.replace(artefact, transitions=ItemTransitions()))
    again = store.load(artefact.version)
    assert not again.transitions.starts.size and again.transitions.after(0) == slice(0, 0)


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("rows", lambda rows: np.where(rows == rows.max(), 24, rows).astype(np.int32)),
        ("rows", lambda rows: rows.astype(np.int64)),
        ("rows", lambda rows: rows[:-1]),
        ("starts", lambda starts: starts[:-1]),
        ("starts", lambda starts: starts[::-1].copy()),
        ("weights", lambda weights: weights * np.float32(np.nan)),
    ],
)
def test_transitions_must_fit_the_drinks(
    artefact: ModelArtefact,
    tmp_path: Path,
    part: str,
    change: Callable[[np.ndarray], np.ndarray],
) -> None:
    assert len(artefact.drinks) == 24
    broken = {part: change(getattr(artefact.transitions, part))}
    other = dataclasses.replace(
        artefact, transitions=dataclasses.replace(artefact.transitions, **broken)
    )
    other.save(tmp_path / "by-hand")
    with pytest.raises(ModelCorrupt, match="transitions"):
        ModelArtefact.load(tmp_path / "by-hand")


@pytest.mark.parametrize("name", [CONFIG, METRICS, WEIGHTS])
def test_every_damage_is_found_and_the_file_named(
    artefact: ModelArtefact, tmp_path: Path, name: str
) -> None:
    path = ModelStore(tmp_path).write(artefact)
    whole = (path / name).read_bytes()
    random = np.random.default_rng(3)
    cuts = [whole[:-1], whole[: len(whole) // 2], b""]
    for position in random.integers(0, len(whole), 20):
        flipped = bytearray(whole)
        flipped[position] ^= 1 << int(random.integers(8))
        cuts.append(bytes(flipped))
    for damaged in cuts:
        (path / name).write_bytes(damaged)
        with pytest.raises(ModelCorrupt, match=name):
            ModelArtefact.load(path)
    (path / name).unlink()
    with pytest.raises(ModelCorrupt, match=name):
        ModelArtefact.load(path)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite(artefact: ModelArtefact, tmp_path: Path, value: float) -> None:
    sources = artefact.arrays["drink_sources"].copy()
    sources[1, 1] = value
    broken = changed(artefact, "drink_sources", sources)
    with pytest.raises(ModelCorrupt, match="drink_sources"):
        ModelStore(tmp_path).write(broken)
    broken.save(tmp_path / "by-hand")
    with pytest.raises(ModelCorrupt, match=WEIGHTS):
        ModelArtefact.load(tmp_path / "by-hand")


def test_shapes_must_follow_from_the_ids(artefact: ModelArtefact) -> None:
    with pytest.raises(ModelCorrupt, match="drink_vectors"):
        changed(artefact, "drink_vectors", artefact.drink_vectors[:-1]).check()
    missing = {name: array for name, array in artefact.arrays.items() if name != "default"}
    with pytest.raises(ModelCorrupt, match="default"):
        dataclasses.replace(artefact, arrays=missing).check()


def test_a_failed_write_leaves_nothing(artefact: ModelArtefact, tmp_path: Path) -> None:
    store = ModelStore(tmp_path)
    store.write(artefact)
    with pytest.raises(OSError):
        store.write(artefact)
    assert [entry.name for entry in tmp_path.iterdir()] == [artefact.version]


def test_only_versions_are_paths(tmp_path: Path) -> None:
    store = ModelStore(tmp_path / "none")
    assert store.versions() == []
    with pytest.raises(ValueError, match="not a model version"):
        store.path("../../etc")
    with pytest.raises(ModelCorrupt, match=CONFIG):
        store.load("20260101T000000Z-00000000")


def test_nothing_about_people_is_stored(artefact: ModelArtefact, tmp_path: Path) -> None:
    path = ModelStore(tmp_path).write(artefact)
    content = b"".join(file.read_bytes() for file in path.iterdir())
    assert b"drink-3" in content
    assert b"user-" not in content
