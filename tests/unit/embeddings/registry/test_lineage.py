"""The version of the code that trains: of every module, in whatever room it is."""

from pathlib import Path

import pytest

from embeddings.registry import lineage


def test_a_change_in_any_room_changes_the_version_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = tmp_path / "training" / "content"
    room.mkdir(parents=True)
    (tmp_path / "dataset.py").write_text("A = 1\n")
    (room / "model.py").write_text("B = 1\n")
    monkeypatch.setattr(lineage.resources, "files", lambda _: tmp_path)
    before = lineage.code_version()
    assert lineage.code_version() == before
    (room / "model.py").write_text("B = 2\n")
    assert lineage.code_version() != before
