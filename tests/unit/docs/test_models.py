"""The page of models names every check and every bound of the gate, as the code has them."""

from __future__ import annotations

import re
from dataclasses import fields

from embeddings.evaluation.promotion import Bounds
from tests.support.pages import DOCS
from tests.unit.embeddings.evaluation.test_promotion import judged

PAGE = (DOCS / "models.md").read_text(encoding="utf-8")


def test_every_check_of_the_gate_is_told() -> None:
    told = re.findall(r"^\| `([a-z' ]+)` \| [^|]+ \|$", PAGE, re.MULTILINE)
    names = [check.name.split(", ")[0] for check in judged().checks]
    assert told == list(dict.fromkeys(names))


def test_every_bound_is_told_with_its_value() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+) \| [^|]+ \|$", PAGE, re.MULTILINE))
    assert {name: float(value) for name, value in told.items()} == {
        field.name: float(field.default)  # type: ignore[arg-type]
        for field in fields(Bounds)
    }
