from __future__ import annotations

import json

from recommend.context.effects import ContextEffect
from service.cli.commands.context import plain


def test_effects_are_printed_by_their_name_and_by_their_older_one() -> None:
    weather = ContextEffect(
        "weather", 40, ("kind",), 0.1, 0.01, used=True, effects={"hot": {("kind", "tea"): 0.7}}
    )
    printed = json.loads(json.dumps(plain(weather)))
    assert printed["effects"] == printed["lifts"] == {"hot": {"kind tea": 0.7}}
