"""`tastegraph warehouse` as an operator uses it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.service.commands import in_process
from tests.integration.service.conftest import filled_home
from tests.support.warehouses import all_text


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Iterator[Path]:
    with filled_home(tmp_path_factory.mktemp("warehouse") / "home", world) as home:
        yield home


def synced(home: Path, folder: Path, *options: str) -> Any:
    done = in_process(home, "warehouse", "sync", "--to", str(folder), "--json", *options)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_sync_adds_all_and_then_nothing(home: Path, tmp_path: Path) -> None:
    first = synced(home, tmp_path / "tables")
    assert list(first) == [
        *("events", "impressions", "exposures", "drinks", "ingredients", "recipes", "changes"),
        "models",
    ]
    for table in ("events", "drinks", "ingredients", "recipes", "changes"):
        assert first[table]["added"] > 0
    again = synced(home, tmp_path / "tables")
    assert {table["added"] for table in again.values()} == {0}


def test_the_key_of_the_names_stays_in_the_home(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    synced(home, folder, "--people")
    key = home / "keys" / "warehouse.key"
    assert key.stat().st_mode & 0o077 == 0
    assert key.read_text().strip() not in all_text(folder)
    refused = in_process(home, "warehouse", "sync", "--to", str(folder))
    assert refused.returncode == 1
    assert "with or without --people" in refused.stderr
