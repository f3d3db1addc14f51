"""What is kept on disk is read back whole, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.catalogue.drink import Drink
from graph.catalogue.entities import Catalogue
from graph.catalogue.kept import ABOUT, POPULARITY, CatalogueFiles
from graph.catalogue.popularity import Popularity

DRINKS = (
    Drink("tea", "Thé", kind="tea", ingredients=("leaves", "water"), abv=0.5, served_hot=True),
    Drink("gin", "Gin", description="strong", contains=("barley",), changed_at=4),
)


def catalogue(mark: str | None = "4 abc", version: int = 4) -> Catalogue:
    return Catalogue(version, 2, DRINKS, {}, {}, {}, {}, mark=mark)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    files = CatalogueFiles(tmp_path / "catalogue")
    assert files.read() is None
    files.write(catalogue())
    kept = CatalogueFiles(tmp_path / "catalogue").read()
    assert kept is not None
    assert (kept.mark, kept.version, kept.structure_version) == ("4 abc", 4, 2)
    assert tuple(kept.table) == DRINKS
    assert (tmp_path / "catalogue").stat().st_mode & 0o777 == 0o700


def test_a_later_catalogue_replaces_the_files_while_they_are_mapped(tmp_path: Path) -> None:
    files = CatalogueFiles(tmp_path)
    files.write(catalogue())
    kept = files.read()
    files.write(Catalogue(5, 2, DRINKS[:1], {}, {}, {}, {}, mark="5 def"))
    assert len(list(tmp_path.iterdir())) == 2
    newer = files.read()
    assert kept is not None
    assert newer is not None
    assert tuple(kept.table) == DRINKS
    assert (newer.mark, tuple(newer.table)) == ("5 def", DRINKS[:1])


def test_a_catalogue_without_a_mark_is_not_kept(tmp_path: Path) -> None:
    CatalogueFiles(tmp_path).write(catalogue(mark=None))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["drinks", ABOUT])
def test_one_wrong_byte_anywhere_is_found(
    tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    CatalogueFiles(tmp_path).write(catalogue())
    [path] = tmp_path.glob(f"{name}*")
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert CatalogueFiles(tmp_path).read() is None
    path.write_bytes(whole[:-9])
    assert CatalogueFiles(tmp_path).read() is None
    assert "cannot be used" in caplog.text
    path.write_bytes(whole)
    assert CatalogueFiles(tmp_path).read() is not None


def test_a_file_of_other_columns_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    CatalogueFiles(tmp_path).write(catalogue())
    monkeypatch.setattr("graph.catalogue.kept.FORMAT", 0)
    assert CatalogueFiles(tmp_path).read() is None


def test_popularity_is_kept_beside(tmp_path: Path) -> None:
    files, popularity = CatalogueFiles(tmp_path), Popularity({"tea": 3, "gin": 1}, {"tea": 1})
    assert files.read_popularity() is None
    files.write_popularity(popularity)
    assert files.read_popularity() == popularity
    said = json.loads((tmp_path / POPULARITY).read_text())
    (tmp_path / POPULARITY).write_text(json.dumps({**said, "people": {"tea": 4}}))
    assert files.read_popularity() is None
