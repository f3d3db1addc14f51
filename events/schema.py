"""The schemas of events: one JSON Schema file for each version, none of which changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any, cast

import orjson
from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind

from graph.people.event_rules import Fault

Schema = Mapping[str, Any]

_WORDS = frozenset({"$id", "$schema", "title", "description", "examples"})


BEHAVIOUR, OUTGOING = "behaviour-event", "outgoing-event"


def versions(kind: str = BEHAVIOUR) -> list[int]:
    """Return the versions that there are of a kind of event, oldest first."""
    folder = resources.files("events").joinpath("schemas", kind)
    numbers = (file.name.removesuffix(".json") for file in folder.iterdir())
    return sorted(int(number) for number in numbers if number.isdigit())


@cache
def schema_of(version: int, kind: str = BEHAVIOUR, *, released: bool = False) -> Schema:
    """Return the schema of a version, as it is or as it was last released."""
    name = f"{version}.released.json" if released else f"{version}.json"
    file = resources.files("events").joinpath("schemas", kind, name)
    return cast(Schema, orjson.loads(file.read_bytes()))


@cache
def _validator(version: int) -> Draft202012Validator:
    return Draft202012Validator(dict(schema_of(version)), validate_formats=True)


def shape_fault(document: Mapping[str, Any], version: int) -> Fault | None:
    """Return what is wrong with the shape of an event of this version, if anything is."""
    validator = _validator(version)
    try:
        if validator.is_valid(dict(document)):
            return None
        errors = list(validator.iter_errors(dict(document)))
    except ValueError:
        return Fault("event", "has text or numbers that JSON cannot hold")
    # the nearest to the root: what follows from it is not worth saying
    return _explained(min(errors, key=lambda error: (len(error.schema_path), error.message)))


def known_fields(document: Mapping[str, Any], version: int) -> dict[str, Any]:
    """Return a document without fields that this version does not know.

    A server newer than this one may have added them, and what is left means the same.
    """
    return _known(document, schema_of(version))


def _known(document: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    fields: Mapping[str, Schema] = schema["properties"]
    return {
        name: _known(cast(Schema, value), fields[name])
        if isinstance(value, Mapping) and "properties" in fields[name]
        else value
        for name, value in document.items()
        if name in fields
    }


def _explained(error: ValidationError) -> Fault:
    """Say what is wrong without repeating what was sent: it may be personal, or long."""
    field = ".".join(str(part) for part in error.instance_path)
    match error.kind:
        case ValidationErrorKind.Required():
            return Fault(f"{field}.{error.kind.property}".lstrip("."), "is missing")
        case ValidationErrorKind.AdditionalProperties():
            unknown = ascii(min(error.kind.unexpected))[1:-1][:200]
            return Fault(f"{field}.{unknown}".lstrip("."), "is not a field of an event")
        case ValidationErrorKind.FalseSchema():
            return Fault(field, "does not go with this type of event")
        case ValidationErrorKind.Enum():
            return Fault(field, f"is not one of {', '.join(map(str, error.kind.options))}")
        case ValidationErrorKind.Type():
            return Fault(field or "event", f"is not of type {' or '.join(error.kind.types)}")
        case ValidationErrorKind.Format():
            return Fault(field, "is not a time with its offset, such as 2026-01-31T08:00:00Z")
        case (
            ValidationErrorKind.MinLength()
            | ValidationErrorKind.MaxLength()
            | ValidationErrorKind.Pattern()
        ):
            return Fault(field, "is empty, too long, or has characters that it must not have")
        case _:
            return Fault(field or "event", "is out of range")


def incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Return what may not change within a version but did, as paths into the schema.

    A new optional field is compatible both ways: what was valid stays so, with the same meaning,
    and older readers leave out a field that they do not know. Words are free. Nothing else is.
    """
    return list(_breaks(old, new, ""))


def outgoing_incompatibilities(old: Schema, new: Schema) -> list[str]:
    """Return the same of what we send: there, a new type of event with its own fields is free too.

    Receivers are told to leave out types that they do not know.
    """
    known = set(old["properties"]["type"]["enum"])
    types = [type_ for type_ in new["properties"]["type"]["enum"] if type_ in known]
    narrowed = {
        **new,
        "properties": {
            **new["properties"],
            "type": {**new["properties"]["type"], "enum": types},
        },
        "allOf": [rule for rule in new["allOf"] if _type_of(rule) in known],
        "$defs": {name: part for name, part in new["$defs"].items() if name in old["$defs"]},
    }
    return incompatibilities(old, narrowed)


def _type_of(rule: Schema) -> str | None:
    """Return the type of event that a rule is for, if it is for one type."""
    return rule.get("if", {}).get("properties", {}).get("type", {}).get("const")


def _breaks(old: object, new: object, path: str) -> Iterator[str]:
    if not (isinstance(old, Mapping) and isinstance(new, Mapping)):
        if old != new:
            yield path
        return
    before, after = cast(Mapping[str, Any], old), cast(Mapping[str, Any], new)
    fields = path.endswith("/properties") and "/allOf/" not in path
    for name in sorted(before.keys() | after.keys()):
        inside = f"{path}/{name}"
        if name in _WORDS and not fields:
            continue
        if name not in after or (name not in before and not fields):
            yield inside
        elif name in before:
            yield from _breaks(before[name], after[name], inside)
