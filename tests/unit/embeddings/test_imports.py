from __future__ import annotations

import subprocess
import sys

import pytest

LIGHT = ["dataset", "positives", "splitting", "encode", "index", "artefact", "registry"]
LIGHT += ["baselines", "evaluation", "ranking", "taste"]


@pytest.mark.parametrize("names", [LIGHT], ids=["all"])
def test_the_serving_part_loads_no_torch(names: list[str]) -> None:
    lines = [f"import embeddings.{name}" for name in names]
    lines += ["import sys", "assert 'torch' not in sys.modules", "print('light')"]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "light\n", done.stderr
