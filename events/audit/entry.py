"""One act on record, as one line of JSON."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import orjson

MOST_WHY = 200
"""The most characters of a reason, or of what it is about, that are kept."""


MOST_ACTS = 1_000
"""The most entries that a person is handed out with their data."""


class Action(StrEnum):
    """What somebody was about to do."""

    DECLARE = "declare"
    CONSENT = "consent"
    JOIN = "join"
    EXPORT = "export"
    ERASE = "erase"
    MERGE = "merge"
    IMPORT = "import"
    CHANGE = "change"
    REVIEW = "review"
    QUERY = "query"
    ACCESS = "access"
    LOOK = "look"
    RECALL = "recall"
    PROPOSE = "propose"
    APPROVE = "approve"
    PROMOTE = "promote"


class Role(StrEnum):
    """In which capacity: about themselves, by the API as who runs this service, or by a command."""

    PERSON = "person"
    FOOD_SAFETY = "food-safety officer"
    OPERATOR = "operator"
    SUPPORT = "support"
    ADMIN = "admin"
    AUDITOR = "auditor"
    COMMAND = "command"


@dataclass(frozen=True)
class Act:
    """What is about to happen. Its fields name what is touched, and never a value of it.

    `about` is the id of a person, None if it is about nobody; `actor` the person's id again, or the
    operator's name.
    """

    action: Action
    actor: str
    role: Role
    about: str | None
    what: tuple[str, ...]
    surface: str
    why: str = ""


@dataclass(frozen=True)
class Entry:
    """An act as it is kept: people by pseudonym, `at` in ISO 8601, UTC."""

    at: str
    action: str
    actor: str
    role: str
    about: str
    what: list[str]
    surface: str
    why: str

    def line(self) -> bytes:
        """Return the one way to write it, without a line's end."""
        return orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)

    @staticmethod
    def read(line: bytes) -> Entry:
        """Return the entry that a line holds. Raises ValueError if it holds none."""
        try:
            said: dict[str, Any] = orjson.loads(line)
            return Entry(**said)
        except TypeError as error:
            raise ValueError(f"no entry: {error}") from error


def act_shown(entry: Entry) -> dict[str, Any]:
    """Return an entry as the person reads it whom it is about: no operator by name."""
    said = asdict(entry)
    return {name: said[name] for name in ("at", "action", "role", "what", "surface", "why")}


class Pseudonyms:
    """People's ids as the record has them: HMAC-SHA-256 with a key that only this home has."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, user_id: str) -> str:
        """Return the pseudonym of a person: always the same, and no way back without the key."""
        code = hmac.new(self._key, user_id.encode(), hashlib.sha256).hexdigest()
        return f"person-{code[:32]}"

    def entry(self, act: Act, at: str) -> Entry:
        """Return an act as it is kept."""
        person = act.role is Role.PERSON
        return Entry(
            at=at,
            action=str(act.action),
            actor=self.of(act.actor) if person else act.actor,
            role=str(act.role),
            about=self.of(act.about) if act.about else "",
            what=[part[:MOST_WHY] for part in act.what],
            surface=act.surface,
            why=act.why[:MOST_WHY],
        )
