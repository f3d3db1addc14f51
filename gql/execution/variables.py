"""Bounds of the variables of a request, looked at before anything follows them."""

from __future__ import annotations

from typing import cast

DEEPEST_VARIABLES = 20
MOST_VALUES = 50_000
LARGEST = 2**63


def variables_fault(variables: object) -> str | None:
    """Return what makes variables too deep, too many or too large; None if nothing does."""
    level, seen = [variables], 0
    for _ in range(DEEPEST_VARIABLES + 1):
        if not level:
            return None
        seen += len(level)
        if seen > MOST_VALUES:
            return f"'variables' has over {MOST_VALUES:,} values: send fewer at a time."
        if any(isinstance(value, int) and not -LARGEST <= value < LARGEST for value in level):
            return "'variables' has an integer of over 64 bits."
        level = [inner for value in level for inner in _inner(value)]
    return f"'variables' is over {DEEPEST_VARIABLES} levels deep."


def _inner(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(cast(dict[str, object], value).values())
    return cast(list[object], value) if isinstance(value, list) else []
