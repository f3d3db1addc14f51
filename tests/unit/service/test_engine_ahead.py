"""An engine that is started ahead fails where it is waited for."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import EngineFailed
from service.engine_ahead import EngineAhead
from service.settings import read_settings


def test_what_goes_wrong_is_told_to_whoever_waits(tmp_path: Path) -> None:
    (tmp_path / "graph").write_text("a file where a folder should be")
    ahead = EngineAhead(read_settings({"TASTEGRAPH_HOME": str(tmp_path)}))
    with pytest.raises(EngineFailed, match="cannot be used"):
        ahead.address()
