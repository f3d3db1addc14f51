"""Files that people write: TOML, read strictly, each fault named with its key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from graph.errors import TastegraphError
from graph.recognition.health_words import health_word_in

Document = TypeVar("Document", bound="DocumentPart")

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")]


class DocumentPart(BaseModel):
    """A piece of a document; a key that it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def of_taste(text: str) -> str:
    """Return a text that names no allergen and no diet. Raises ValueError."""
    if word := health_word_in(text):
        raise ValueError(
            f"'{text}' names '{word}': what somebody must not have is declared (setAllergies, "
            "setAvoids, setDiets), and is nobody's taste"
        )
    return text


TasteText = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(of_taste)]
TasteId = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(of_taste)]


def read_toml(path: Path, refused: type[TastegraphError]) -> Mapping[str, Any]:
    """Return what is in a TOML file. Raises `refused` naming the file."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise refused(f"The file {path.name} cannot be read ({error}).") from error
    return toml_in(text, f"file {path.name}", refused)


def toml_in(text: str, name: str, refused: type[TastegraphError]) -> Mapping[str, Any]:
    """Return what a text of TOML says. Raises `refused` naming it."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refused(f"The {name} is not TOML: {error}.") from error


def parsed(
    model: type[Document], document: Mapping[str, Any], name: str, refused: type[TastegraphError]
) -> Document:
    """Return what a document says. Raises `refused` naming it, and the key that is wrong."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        raise refused(f"In {name}: {first_fault(error)}.") from error


def first_fault(invalid: ValidationError) -> str:
    """Return what is wrong first, with its key."""
    error: Any = invalid.errors()[0]
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"the key '{where}' is unknown"
    if error["type"] == "missing":
        return f"the key '{where}' is missing"
    fault = f"{error.get('ctx', {}).get('error') or error['msg']}"
    return f"{where}: {fault}" if where else fault
