"""The columns of each table of the warehouse."""

# pyarrow ships no complete types.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyarrow as pa

MOMENT: Final = pa.timestamp("us", tz="UTC")
TEXTS: Final = pa.list_(pa.string())
DAY: Final = pa.field("day", pa.date32(), nullable=False)
PERSON: Final = pa.field("person", pa.string())
ARMS: Final = pa.field("arms", TEXTS)

_EVENTS: Final = pa.schema(
    [
        DAY,
        pa.field("event", pa.string(), nullable=False),
        pa.field("at", MOMENT, nullable=False),
        pa.field("type", pa.string(), nullable=False),
        ("drink", pa.string()),
        ("value", pa.float64()),
        ("price", pa.float64()),
        ("currency", pa.string()),
        ("position", pa.int32()),
        ("store", pa.string()),
        ("channel", pa.string()),
        ("device", pa.string()),
        ("place", pa.string()),
        ("weather", pa.string()),
        ("occasion", pa.string()),
        ("daypart", pa.string()),
        ("season", pa.string()),
        ("surface", pa.string()),
        ("model", pa.string()),
        ("known", pa.bool_()),
        ("simulated", pa.bool_()),
    ]
)

_IMPRESSIONS: Final = pa.schema([DAY, ("drink", pa.string()), ("people", pa.int64())])
_EXPOSURES: Final = pa.schema(
    [DAY, ("experiment", pa.string()), ("arm", pa.string()), ("people", pa.int64())]
)
_DRINKS: Final = pa.schema(
    [
        DAY,
        ("id", pa.string()),
        ("version", pa.int64()),
        ("name", pa.string()),
        ("kind", pa.string()),
        ("description", pa.string()),
        ("abv", pa.float64()),
        ("caffeine", pa.float64()),
        ("sugar", pa.float64()),
        ("served_hot", pa.bool_()),
        ("price", pa.float64()),
        ("recipe_complete", pa.bool_()),
        ("available_from", pa.string()),
        ("available_until", pa.string()),
        ("flavors", TEXTS),
        ("styles", TEXTS),
        ("producers", TEXTS),
        ("contains", TEXTS),
        ("may_contain", TEXTS),
        ("declared_absent", TEXTS),
    ]
)
_INGREDIENTS: Final = pa.schema(
    [
        DAY,
        ("id", pa.string()),
        ("version", pa.int64()),
        ("name", pa.string()),
        ("reviewed", pa.bool_()),
        ("parents", TEXTS),
        ("contains", TEXTS),
        ("may_contain", TEXTS),
        ("flavors", TEXTS),
    ]
)
_RECIPES: Final = pa.schema(
    [
        DAY,
        ("drink", pa.string()),
        ("version", pa.int64()),
        ("ingredient", pa.string()),
        ("amount", pa.float64()),
        ("unit", pa.string()),
        ("optional", pa.bool_()),
    ]
)
_CHANGES: Final = pa.schema(
    [
        DAY,
        ("id", pa.string()),
        ("version", pa.int64()),
        ("at", MOMENT),
        ("kind", pa.string()),
        ("source", pa.string()),
        ("subject_type", pa.string()),
        ("subject", pa.string()),
        ("before", TEXTS),
        ("after", TEXTS),
    ]
)
_MODELS: Final = pa.schema(
    [
        DAY,
        ("version", pa.string()),
        ("status", pa.string()),
        ("trained_at", MOMENT),
        ("promoted_at", MOMENT),
        ("accepted", pa.bool_()),
        ("parent", pa.string()),
        ("drinks", pa.int64()),
        ("people", pa.int64()),
        ("events", pa.int64()),
        ("metrics", pa.string()),
    ]
)

EVENTS: Final[Any] = _EVENTS
EVENTS_WITH_PEOPLE: Final[Any] = _EVENTS.append(PERSON).append(ARMS)
OTHERS: Final[Mapping[str, Any]] = {
    "impressions": _IMPRESSIONS,
    "exposures": _EXPOSURES,
    "drinks": _DRINKS,
    "ingredients": _INGREDIENTS,
    "recipes": _RECIPES,
    "changes": _CHANGES,
    "models": _MODELS,
}
