"""What people are shown when they are asked: texts by purpose and language, each with a version."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, cast

from graph.errors import TastegraphError
from graph.people.purposes import ALL, Purpose

DEFAULT_LANGUAGE = "en"
LONGEST = {"version": 40, "title": 120, "text": 5_000}


class ConsentTextInvalid(TastegraphError):
    """A file of consent texts cannot be used."""


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What is shown for one purpose. `template` says that it is ours, for a lawyer to replace."""

    purpose: Purpose
    language: str
    version: str
    title: str
    text: str
    template: bool

    @property
    def hash(self) -> str:
        """The SHA-256 of all that is shown, as hexadecimal digits."""
        return hashlib.sha256(f"{self.title}\n{self.text}".encode()).hexdigest()


@dataclass(frozen=True)
class ConsentTexts:
    """All texts, by language, then purpose."""

    by_language: Mapping[str, Mapping[Purpose, ConsentText]]

    def of(self, purpose: Purpose, language: str) -> ConsentText:
        """Return the text in a language, `de` for `de-AT`; in English where there is none."""
        for wanted in (language.lower(), language.lower().split("-")[0], DEFAULT_LANGUAGE):
            found = self.by_language.get(wanted, {}).get(purpose)
            if found:
                return found
        raise KeyError(purpose)  # the bundled texts are complete


def read_consent_texts(folder: Path | None = None) -> ConsentTexts:
    """Return the bundled texts, with those of a folder in their place.

    The files are named by language, such as `de.toml`. Raises ConsentTextInvalid naming the file,
    the purpose and the key in question.
    """
    bundled = resources.files("graph") / "knowledge" / "consents" / f"{DEFAULT_LANGUAGE}.toml"
    texts = {DEFAULT_LANGUAGE: _texts(bundled.read_text("utf-8"), bundled.name, "en", True)}
    for path in sorted(folder.glob("*.toml")) if folder and folder.is_dir() else ():
        language = path.stem.lower()
        if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,8})*", language):
            raise ConsentTextInvalid(
                f"{path}: '{path.stem}' is no language.", "Name it as de.toml or de-at.toml."
            )
        try:
            own = _texts(path.read_text("utf-8"), str(path), language, False)
        except (OSError, UnicodeDecodeError) as error:
            raise ConsentTextInvalid(f"{path} cannot be read: {error}.") from error
        texts[language] = {**texts.get(language, {}), **own}
    return ConsentTexts(texts)


def _texts(text: str, name: str, language: str, template: bool) -> dict[Purpose, ConsentText]:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConsentTextInvalid(f"{name} is no TOML: {error}.") from error
    if unknown := sorted(set(document) - set(ALL)):
        raise ConsentTextInvalid(
            f"{name}: '{unknown[0]}' is no purpose.", f"Purposes are {', '.join(ALL)}."
        )
    return {
        Purpose(purpose): ConsentText(
            Purpose(purpose), language, **_said(name, purpose, said), template=template
        )
        for purpose, said in document.items()
    }


def _said(name: str, purpose: str, said: Any) -> dict[str, str]:
    parts = cast(dict[str, Any], said) if isinstance(said, dict) else {}
    if set(parts) != set(LONGEST):
        raise ConsentTextInvalid(
            f"{name}: [{purpose}] does not have exactly these keys: {', '.join(LONGEST)}."
        )
    found: dict[str, str] = {}
    for key, longest in LONGEST.items():
        value = parts[key]
        if not isinstance(value, str) or not 1 <= len(value.strip()) <= longest:
            raise ConsentTextInvalid(
                f"{name}: [{purpose}] {key} is not a text of 1 to {longest} characters."
            )
        found[key] = value.strip()
    return found
