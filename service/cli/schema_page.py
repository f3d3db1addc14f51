"""The page that lists the fields of events in every version, made from the schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from events.impressions import KIND as IMPRESSION
from events.schema import OUTGOING, Schema, schema_of, versions

_HEAD = """# The schemas of behaviour events

One [JSON Schema](https://json-schema.org/) (draft 2020-12) for each version, newest first. What the
fields mean for you is in [docs/events.md](../../docs/events.md). This page is made by
`tastegraph generate` from the files beside it.
"""
_OUTGOING = """
# The schemas of outgoing events

What [others are told](../../docs/webhooks.md) of, newest version first.
"""
_IMPRESSION = """
# The schema of impressions

Each list that somebody [was shown](../../docs/exploration.md#impressions). The server writes them
into the log of events; they cannot be sent.
"""


def schema_page() -> str:
    """Markdown of every version of the schemas, the newest first."""
    behaviour = "".join(_version(version) for version in reversed(versions()))
    outgoing = "".join(_outgoing(version) for version in reversed(versions(OUTGOING)))
    impressions = "".join(_impression(version) for version in reversed(versions(IMPRESSION)))
    return _HEAD + behaviour + _IMPRESSION + impressions + _OUTGOING + outgoing


def _impression(version: int) -> str:
    schema = schema_of(version, IMPRESSION)
    rows = "\n".join(_rows(schema, schema, ""))
    head = f"\n## [Impression, version {version}](impression/{version}.json)\n\n"
    return f"{head}| field | form | meaning |\n|---|---|---|\n{rows}\n"


def _outgoing(version: int) -> str:
    schema = schema_of(version, OUTGOING)
    rows = "\n".join(_rows(schema, schema, ""))
    head = f"\n## [Outgoing, version {version}](outgoing-event/{version}.json)\n\n"
    table = f"| field | form | meaning |\n|---|---|---|\n{rows}\n"
    return head + table + "".join(_data(schema, case) for case in schema["allOf"])


def _data(schema: Schema, case: Schema) -> str:
    """The table of the data of one type of outgoing event."""
    type_ = case["if"]["properties"]["type"]["const"]
    data = _resolved(schema, case["then"]["properties"]["data"])
    rows = "\n".join(_rows(schema, data, "data."))
    table = f"| field | form | meaning |\n|---|---|---|\n{rows}\n"
    return f"\n### `{type_}`\n\n{data['description']}\n\n{table}"


def _version(version: int) -> str:
    schema = schema_of(version)
    rows = "\n".join(_rows(schema, schema, ""))
    return (
        f"\n## [Version {version}](behaviour-event/{version}.json)\n\n"
        f"| field | form | meaning |\n|---|---|---|\n{rows}\n"
    )


def _rows(whole: Schema, part: Schema, before: str) -> Iterator[str]:
    needed = part.get("required", ())
    for name, field in part["properties"].items():
        resolved = _resolved(whole, field)
        description = field.get("description", "")
        must = ", needed" if name in needed else ""
        yield f"| `{before}{name}` | {_form(resolved)}{must} | {description} |"
        if "properties" in resolved:
            yield from _rows(whole, resolved, f"{before}{name}.")
        elif "properties" in resolved.get("items", {}):
            yield from _rows(whole, resolved["items"], f"{before}{name}[].")


def _resolved(whole: Schema, field: Schema) -> Mapping[str, Any]:
    reference = field.get("$ref")
    return whole["$defs"][reference.rsplit("/", 1)[1]] if reference else field


def _form(field: Mapping[str, Any]) -> str:
    if "const" in field:
        return f"{field['const']}"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if field.get("format") == "date-time":
        return "RFC 3339"
    bounds = {
        "minLength": "from {} character",
        "maxLength": "up to {}",
        "exclusiveMinimum": "over {}",
        "minimum": "from {}",
        "maximum": "to {:,}",
    }
    said = [text.format(field[bound]) for bound, text in bounds.items() if bound in field]
    return " ".join([field["type"], *said])
