"""MongoDB's documents, which come as a text of extended JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import orjson

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = ("$numberInt", "$numberLong", "$numberDouble", "$numberDecimal")


class NotADocument(ValueError):
    """A text that is no document of extended JSON."""


def document(text: object, name: str) -> dict[str, Any]:
    """Return the document in a text of extended JSON, with plain values."""
    try:
        loaded = orjson.loads(text) if isinstance(text, str) else text
    except orjson.JSONDecodeError as error:
        raise NotADocument(f"{name} is not extended JSON: {error}.") from error
    if not isinstance(loaded, dict):
        raise NotADocument(f"{name} is not a document.")
    return {key: _plain(value) for key, value in cast(dict[str, Any], loaded).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(element) for element in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    wrapped = cast(dict[str, Any], value)
    if len(wrapped) == 1:
        name, inner = next(iter(wrapped.items()))
        if name in ("$oid", "$uuid", "$symbol"):
            return inner
        if name in _NUMBERS:
            return str(inner)
        if name == "$date":
            return _moment(inner)
    return {key: _plain(inner) for key, inner in wrapped.items()}


def _moment(value: Any) -> Any:
    """Return a moment as ISO text; it comes as that, or as milliseconds since 1970."""
    if isinstance(value, Mapping):
        value = cast(Mapping[str, Any], value).get("$numberLong")
    if isinstance(value, str) and not value.lstrip("-").isdigit():
        return value
    return (_EPOCH + timedelta(milliseconds=int(value))).isoformat()
