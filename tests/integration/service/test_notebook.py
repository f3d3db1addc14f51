"""The notebook runs from its first to its last cell, and is kept without outputs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat

from tests.integration.service.commands import Served, environment
from tests.support.pages import ROOT

NOTEBOOK = ROOT / "notebooks" / "first-questions.ipynb"
RUN = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
nbformat.write(notebook, sys.argv[2])
"""


def printed(cell: dict[str, Any]) -> str:
    return "".join(
        "".join(output["text"]) for output in cell["outputs"] if output["output_type"] == "stream"
    )


def test_the_notebook_is_kept_without_outputs() -> None:
    notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    nbformat.validate(notebook)
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) >= 6
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells)


def test_the_notebook_runs_beside_a_server(own: Served, tmp_path: Path) -> None:
    folders = {
        "HOME": str(tmp_path),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "MPLCONFIGDIR": str(tmp_path / "matplotlib"),
        "PYTHONPATH": str(ROOT),
    }
    ran = subprocess.run(
        [sys.executable, "-c", RUN, str(NOTEBOOK), str(tmp_path / "ran.ipynb")],
        env={**environment(own.home), **folders},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    notebook = json.loads((tmp_path / "ran.ipynb").read_text(encoding="utf-8"))
    said = {cell["id"]: printed(cell) for cell in notebook["cells"] if cell["cell_type"] == "code"}
    assert "Popular by kind" in said["list"]
    assert said["popular-rows"].startswith("6 drinks")
    assert said["months-rows"] == "960 purchases in 8 months\n"
    assert "Milk" in said["allergens-rows"]
    assert "Own milk" in said["recall-rows"] and "20 drinks" in said["recall-rows"]
    assert "Own tea" in said["graph-rows"] and "in 20 drinks" in said["graph-rows"]
    assert said["own-rows"].split() == ["soda", "20", "tea", "20"]
    pictures = [
        output
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
        for output in cell["outputs"]
        if "image/png" in output.get("data", {})
    ]
    assert len(pictures) == 2
