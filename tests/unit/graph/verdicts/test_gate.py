from __future__ import annotations

from typing import Any, cast

import pytest

from graph.verdicts.gate import GateAnswer, ask_gate


def answer(**more: Any) -> GateAnswer:
    told: dict[str, Any] = {
        "drink_id": "negroni",
        "safe": True,
        "declared": True,
        "known": True,
        "verdicts": (),
        "avoided": (),
        "unsuited_diets": (),
        "profile_version": 1,
        "catalogue_version": 1,
    }
    return GateAnswer(**{**told, **more})


@pytest.mark.parametrize(
    ("safe", "declared", "status"),
    [
        (True, True, "SAFE"),
        (True, False, "NOT_CHECKED"),
        (False, True, "UNSAFE"),
        (False, False, "UNSAFE"),
    ],
)
def test_status(safe: bool, declared: bool, status: str) -> None:
    assert answer(safe=safe, declared=declared).status == status


async def test_no_drinks_need_no_graph() -> None:
    assert await ask_gate(cast(Any, None), "somebody", []) == {}


class Answering:
    """A graph that answers as an engine might that lost a value."""

    sealing = None

    def __init__(self, **values: Any) -> None:
        row: dict[str, Any] = {"ask": 0, "drinkId": "negroni", "safe": True, "sealed": False}
        row |= {"declared": True, "known": True}
        rest: dict[str, Any] = {"verdicts": [], "avoided": [], "unsuitedDiets": []}
        self.row = {**row, **rest, "profileVersion": 1, "catalogueVersion": 1, **values}

    async def run(self, *_: Any, **__: Any) -> list[dict[str, Any]]:
        return [self.row]


@pytest.mark.parametrize("said", [None, False, 1, "true", []])
async def test_only_true_is_safe(said: Any) -> None:
    answers = await ask_gate(cast(Any, Answering(safe=said)), "somebody", ["negroni"])
    assert answers["negroni"].safe is False
