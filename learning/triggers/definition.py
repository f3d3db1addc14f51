"""Rules as data: when, if, then; checked before any of them can fire."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from learning.documents import DocumentPart, Name, TasteId, TasteText, parsed, read_toml
from learning.errors import TriggerRefused
from learning.segments.definition import refuse_health_keys

Hours = Annotated[int, Field(ge=1, le=24 * 365)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Kind = Literal["view", "click", "cart", "save", "like", "dislike", "rating", "purchase"]
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")


class Conditions(DocumentPart):
    """What must be true of the drink, the person's taste and history, and the moment; all of it."""

    kinds: tuple[TasteId, ...] = ()
    styles: tuple[TasteId, ...] = ()
    flavors: tuple[TasteId, ...] = ()
    likes: tuple[TasteId, ...] = ()
    segments: tuple[Name, ...] = ()
    purchases_at_least: Count | None = None
    purchases_at_most: Count | None = None
    on_offer: bool | None = None
    hours: tuple[str, str] | None = None

    @model_validator(mode="before")
    @classmethod
    def _never_by_health(cls, document: Any) -> Any:
        return refuse_health_keys(document)

    @field_validator("hours")
    @classmethod
    def _clock(cls, hours: tuple[str, str] | None) -> tuple[str, str] | None:
        return _hours(hours)


class Action(DocumentPart):
    """What is done: an `offer` of drinks, a `poll` that is asked next, an `alert` to whoever runs
    the shop, or only word to `webhook`s.

    Word goes to them in any case. An offer and a poll hold for `hold_hours`.
    """

    action: Literal["offer", "poll", "alert", "webhook"]
    message: TasteText | None = None
    like: Literal["the-drink", "my-taste"] = "the-drink"
    drinks: Annotated[int, Field(ge=1, le=10)] = 3
    poll: Name | None = None
    hold_hours: Hours = 24

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.action in ("offer", "alert") and not self.message:
            raise ValueError(f"an {self.action} needs a message")
        if (self.action == "poll") != (self.poll is not None):
            raise ValueError("a poll is named where the action is poll, and nowhere else")
        return self

    @property
    def is_alert(self) -> bool:
        """Whether it says something to whoever runs the shop, and nothing to the person."""
        return self.action == "alert"


class Trigger(DocumentPart):
    """One rule; of several that could fire at an event, the one of the highest priority does."""

    id: Name
    when: Kind
    if_: Annotated[Conditions, Field(alias="if")] = Conditions()
    then: Action
    priority: Annotated[int, Field(ge=-1000, le=1000)] = 0
    cool_down_hours: Hours = 72


class Limits(DocumentPart):
    """For one person: so many in so many hours, of all triggers together; and when none at all.

    Events older than `fresh_minutes` fire nothing: an import is no news.
    """

    most: Annotated[int, Field(ge=1, le=1000)] = 2
    hours: Hours = 24
    quiet: tuple[str, str] | None = ("22:00", "08:00")
    zone: str = "UTC"
    fresh_minutes: Annotated[int, Field(ge=1, le=1440)] = 60

    @field_validator("quiet")
    @classmethod
    def _clock(cls, quiet: tuple[str, str] | None) -> tuple[str, str] | None:
        return _hours(quiet)

    @field_validator("zone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"'{zone}' is no time zone such as Europe/Berlin") from error
        return zone


class Triggers(DocumentPart):
    """All rules, and what holds for all of them together."""

    limits: Limits = Limits()
    triggers: tuple[Trigger, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({trigger.id for trigger in self.triggers}) < len(self.triggers):
            raise ValueError("two triggers have the same id")
        return self

    def trigger(self, id_: str) -> Trigger | None:
        """Return the trigger with an id, if there is one."""
        return next((trigger for trigger in self.triggers if trigger.id == id_), None)

    @property
    def longest(self) -> int:
        """How far back, in hours, what was fired can matter."""
        cool_downs = (trigger.cool_down_hours for trigger in self.triggers)
        holds = (trigger.then.hold_hours for trigger in self.triggers)
        return max(self.limits.hours, *cool_downs, *holds) if self.triggers else self.limits.hours


def read_triggers(path: Path) -> Triggers:
    """Return the triggers of a TOML file.

    Raises TriggerRefused naming the file and the key in question.
    """
    return parsed(Triggers, read_toml(path, TriggerRefused), path.name, TriggerRefused)


def _hours(hours: tuple[str, str] | None) -> tuple[str, str] | None:
    for text in hours or ():
        if not CLOCK.fullmatch(text):
            raise ValueError(f"'{text}' is no time such as 22:00")
    return hours
