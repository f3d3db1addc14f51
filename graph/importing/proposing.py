"""Proposing a mapping for a file: what is certain about its form, and what its columns are called.

Nothing is guessed about safety: no recipe is proposed as complete, and no code as known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson

from graph.errors import ImportRefused
from graph.importing.files.format import Format, TableFormat
from graph.importing.files.record import BYTE_ORDER_MARKS, not_readable
from graph.importing.files.tables import TEXT_TABLES, open_table
from graph.recognition.naming import slug

_NAMES = {
    "id": "id nr no number code sku handle token bid iddrink artikelnummer",
    "name": "name title drink cocktail product-name item-name beer-name strdrink bezeichnung "
    "getraenk getrank artikel nom nombre nome",
    "price": "price preis prix precio prezzo regular-price variant-price",
    "abv": "abv alc alk alkohol alcohol beer-abv strength",
    "ingredient": "ingredient ingredients-name stringredient zutat ingrediente part",
    "measure": "measure strmeasure menge quantity ingredients-measure",
    "allergens": "allergens allergene allergenes alergenos allergeni allergen-codes",
}
_DELIMITERS = (";", "\t", ",", "|")


@dataclass(frozen=True)
class Proposal:
    """A mapping as TOML, and what was found, in sentences."""

    toml: str
    found: tuple[str, ...]


def propose(path: Path) -> Proposal:
    """Propose a mapping to start from; raises ImportRefused if the file cannot be read."""
    try:
        form, each = _form(path)
    except OSError as error:
        raise ImportRefused(f"{path.name} cannot be read ({error.strerror}).") from error
    columns = open_table(path, TableFormat(form, each, nested=True)).columns
    roles = _roles(columns)
    if "name" not in roles:
        raise ImportRefused(
            f"{path.name} has no column that is clearly the name of a drink.",
            f"It has {', '.join(columns)}: write the mapping by hand.",
        )
    written = {key: value for key, value in form.model_dump().items() if value is not None}
    settings = [f"{key}: {value!r}" for key, value in written.items()]
    settings += [f"one row for each element of '{each}'"] if each else []
    settings += [f"{column!r} is the {role}" for role, column in roles.items()]
    unread = [column for column in columns if column not in _read_by(roles, columns)]
    settings += [f"not read: {', '.join(unread)}"] if unread else []
    return Proposal(_toml(path, written, each, roles), tuple(settings))


def _form(path: Path) -> tuple[Format, str | None]:
    if path.suffix.lower() == ".parquet":
        return Format(), None
    content = path.read_bytes()
    encoding = next(
        (name for mark, name in BYTE_ORDER_MARKS.items() if content.startswith(mark)), ""
    )
    said = None if encoding else _encoding(content)
    try:
        text = content.decode(encoding or said or "utf-8")
    except UnicodeError as error:
        raise not_readable(path, encoding or said or "utf-8") from error
    if path.suffix.lower() in TEXT_TABLES:
        return _dialect(path, text, said), None
    records, each = _nesting(text)
    return Format(encoding=said, records=records), each


def _encoding(content: bytes) -> str | None:
    try:
        content.decode()
    except UnicodeDecodeError:
        return "windows-1252"
    return None


def _dialect(path: Path, text: str, encoding: str | None) -> Format:
    first = text.partition("\n")[0]
    delimiter, said = Format().separator(path, first)
    if not said:
        delimiter = max(_DELIMITERS, key=first.count)
    comma = delimiter != "," and re.search(r"\d,\d", text) and not re.search(r"\d\.\d\b", text)
    return Format(
        encoding=encoding,
        delimiter=None if said or delimiter == "," else delimiter,
        decimal="," if comma else None,
    )


def _nesting(text: str) -> tuple[str | None, str | None]:
    try:
        loaded: Any = orjson.loads(text)
    except orjson.JSONDecodeError:
        loaded = [orjson.loads(text.lstrip().partition("\n")[0])]
    records = None
    if isinstance(loaded, dict):
        document = cast(dict[str, Any], loaded)
        lists = _lists(document)
        if len(lists) == 1 and not any(slug(name) in _NAMES["name"].split() for name in document):
            records = lists[0]
            loaded = document[records]
    rows = cast(list[Any], loaded if isinstance(loaded, list) else [loaded])
    one: Any = rows[0] if rows else None
    parts = _lists(cast(dict[str, Any], one)) if isinstance(one, dict) else []
    named = [name for name in parts if slug(name).rstrip("s") in ("ingredient", "part", "zutaten")]
    return records, named[0] if named else None


def _lists(document: dict[str, Any]) -> list[str]:
    return [
        name
        for name, value in document.items()
        if isinstance(value, list) and value and isinstance(value[0], dict)
    ]


def _roles(columns: tuple[str, ...]) -> dict[str, str]:
    """Return which column has which role: the first whose whole name is one of the role's."""
    roles: dict[str, str] = {}
    for role, names in _NAMES.items():
        for column in columns:
            numbered = re.sub(r"\d+$", "{n}", column)
            plain = slug(numbered.removesuffix("{n}"))
            many = numbered.endswith("{n}") and role in ("ingredient", "measure")
            if plain in names.split() and (many or not numbered.endswith("{n}")):
                roles.setdefault(role, numbered if many else column)
    return roles


def _read_by(roles: dict[str, str], columns: tuple[str, ...]) -> set[str]:
    return {
        column
        for column in columns
        if column in roles.values() or re.sub(r"\d+$", "{n}", column) in roles.values()
    }


def _toml(path: Path, form: dict[str, str], each: str | None, roles: dict[str, str]) -> str:
    part = roles.get("ingredient", "")
    long = bool(part) and each is None and "{n}" not in part
    key = "name" if long or "id" not in roles else "id"
    identifier = (
        f"{{ column = {_text(roles[key])}, slug = true, prefix = {_text(f'{slug(path.stem)}-')} }}"
    )
    lines = [f"title = {_text(path.name)}", f"source = {_text(path.stem)}"]
    if form:
        lines += ["", "[format]", *(f"{name} = {_text(value)}" for name, value in form.items())]
    lines += _table("drinks", path, distinct=long)
    lines += [f"id = {identifier}", f"name = {{ column = {_text(roles['name'])} }}"]
    lines += [
        f"{name} = {{ column = {_text(roles[name])} }}"
        for name in ("abv", "price")
        if name in roles
    ]
    lines += [
        '# Say "true" only if the file leaves nothing out of any recipe.',
        'recipe_complete = { constant = "false" }',
    ]
    if part:
        lines += _table("recipes", path, each=each)
        lines += [f"drink_id = {identifier}", f"ingredient = {{ column = {_text(part)} }}"]
        for name in ("amount", "unit") if "measure" in roles else ():
            lines += [f'{name} = {{ column = {_text(roles["measure"])}, measure = "{name}" }}']
    if "allergens" in roles:
        lines += _table("allergen_evidence", path)
        lines += ['subject_type = { constant = "drink" }', f"subject = {identifier}"]
        lines += [
            'status = { constant = "contains" }',
            f"source = {{ constant = {_text(path.stem)} }}",
        ]
        lines += ['# Write what each code stands for, such as { A = "wheat", G = "milk", 1 = "" }.']
        lines += ["# A code that is not listed makes its drink safe for nobody with an allergy."]
        lines += [f"allergen = {{ column = {_text(roles['allergens'])}, codes = {{}} }}"]
    return "\n".join(lines) + "\n"


def _table(name: str, path: Path, *, each: str | None = None, distinct: bool = False) -> list[str]:
    lines = ["", "[[tables]]", f'table = "{name}"', f"file = {_text(path.name)}"]
    lines += [f"each = {_text(each)}"] if each else []
    lines += ['distinct = "id"'] if distinct else []
    return [*lines, "", "[tables.columns]"]


def _text(value: str) -> str:
    # A JSON text is a TOML text too.
    return orjson.dumps(value).decode()
