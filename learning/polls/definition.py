"""What may be asked: polls written in a TOML file, checked before anybody sees one."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from learning.documents import DocumentPart, Name, TasteId, TasteText, parsed, read_toml
from learning.errors import PollRefused

MOST_OPTIONS = 6
Days = Annotated[int, Field(ge=0, le=3650)]
Text = Annotated[str, Field(min_length=1, max_length=200)]


class Option(DocumentPart):
    """One answer to a question, and what it says of flavors."""

    id: Name
    text: Text
    likes: tuple[TasteId, ...] = ()
    dislikes: tuple[TasteId, ...] = ()


class Poll(DocumentPart):
    """One question. A `pair` has two drinks for options, chosen anew for each person.

    `flavors` are those of which a drink must have one to be asked about. With `declare`, the answer
    opens that declaration, and is kept nowhere.
    """

    id: Name
    moment: Literal["cold-start", "after-purchase"]
    form: Literal["pair", "options"] = "options"
    question: Text
    flavors: tuple[TasteId, ...] = ()
    options: Annotated[tuple[Option, ...], Field(max_length=MOST_OPTIONS)] = ()
    declare: Literal["allergies", "avoids", "diets"] | None = None
    times: Annotated[int, Field(ge=1, le=20)] = 1
    fewer_than: Annotated[int, Field(ge=1, le=100)] = 3
    within_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 72
    again_days: Days = 60

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.form == "pair" and (self.options or self.declare or self.moment != "cold-start"):
            raise ValueError(
                f"'{self.id}' is a pair: its options are drinks, its moment is cold-start"
            )
        if self.form == "options" and len(self.options) < 2:
            raise ValueError(f"'{self.id}' needs two options or more")
        if len({option.id for option in self.options}) < len(self.options):
            raise ValueError(f"two options of '{self.id}' have the same id")
        both = [o.id for o in self.options if set(o.likes) & set(o.dislikes)]
        if both:
            raise ValueError(f"'{both[0]}' of '{self.id}' likes and dislikes the same flavor")
        self._of_taste()
        return self

    def _of_taste(self) -> None:
        """Refuse a question about what somebody must not have, unless its answer declares that."""
        if self.declare is None:
            for text in (self.question, *(option.text for option in self.options)):
                _ = _TasteText(text=text)
        elif any(option.likes or option.dislikes for option in self.options):
            raise ValueError(f"'{self.id}' declares {self.declare}: no option of it is a taste")

    def option(self, id_: str) -> Option | None:
        """Return the option with an id, if there is one."""
        return next((option for option in self.options if option.id == id_), None)

    @property
    def named_flavors(self) -> frozenset[str]:
        """The flavors that it is about, or that its options speak of."""
        spoken = (flavor for option in self.options for flavor in (*option.likes, *option.dislikes))
        return frozenset((*self.flavors, *spoken))


class _TasteText(DocumentPart):
    text: TasteText


class Cap(DocumentPart):
    """How often one person is asked anything: so many questions in so many days.

    After one that nobody answered there is none for `rest_days`.
    """

    questions: Annotated[int, Field(ge=1, le=100)] = 4
    days: Annotated[int, Field(ge=1, le=365)] = 7
    rest_days: Days = 7


class Polls(DocumentPart):
    """All questions, the more urgent first, and how often they may be asked."""

    cap: Cap = Cap()
    polls: tuple[Poll, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len({poll.id for poll in self.polls}) < len(self.polls):
            raise ValueError("two polls have the same id")
        return self

    def poll(self, id_: str) -> Poll | None:
        """Return the poll with an id, if there is one."""
        return next((poll for poll in self.polls if poll.id == id_), None)


def read_polls(path: Path | None = None) -> Polls:
    """Return the polls of a TOML file; those that come with Tastegraph without a path.

    Raises PollRefused naming the file and the key in question.
    """
    if path is None:
        with resources.as_file(resources.files("learning") / "polls" / "polls.toml") as bundled:
            return read_polls(bundled)
    return parsed(Polls, read_toml(path, PollRefused), path.name, PollRefused)
