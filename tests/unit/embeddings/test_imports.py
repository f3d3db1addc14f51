import subprocess
import sys
from pathlib import Path

from tests.support.pages import ROOT

LIGHT = ("data", "evaluation", "registry", "serving")


def test_the_serving_part_loads_no_torch() -> None:
    modules = [path for room in LIGHT for path in (ROOT / "embeddings" / room).glob("*.py")]
    lines = [f"import {_name(path)}" for path in sorted(modules)]
    lines += ["import sys", "assert 'torch' not in sys.modules", "print('light')"]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )
    assert done.stdout == "light\n", done.stderr


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
