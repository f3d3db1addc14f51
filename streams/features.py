"""The features: each a .sql file whose header says its windows, its lateness and its columns.

The same text runs in DuckDB and in Flink SQL, over rows of `behaviour`. Two habits keep it so, and
keep the results of both equal whatever comes late, twice, or after a crash:

- A window is arithmetic on `happened`, not a table function of one engine; an event is late by its
  own two times, `received - happened`, not by what a watermark had seen when it came.
- Each aggregate counts distinct things or takes a greatest or smallest: order and repetition do
  not matter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from streams.trends import USUAL_WINDOWS

TRENDING = "trending"
DAYS_KEPT = 8
_DAY_MS = 86_400_000
_HEADER = re.compile(r"\A((?:-- .*\n)+)/\*\n(.*?)\*/\n", re.DOTALL)
_WINDOW = re.compile(r"(\d+) min, every (\d+) min")
_MINUTE_MS = 60_000


class FeatureInvalid(ValueError):
    """A .sql file of a feature does not say what it has to."""


@dataclass(frozen=True)
class Column:
    """A column of a result, of a type that Flink and DuckDB both know."""

    name: str
    type: str


@dataclass(frozen=True)
class Feature:
    """One windowed feature; spans of time are in milliseconds, `every` is in seconds.

    A window ends every `hop` and is `span` long; events up to `before` its start play a part too.
    """

    name: str
    title: str
    span: int
    hop: int
    late: int
    before: int
    every: float
    key: tuple[Column, ...]
    values: tuple[Column, ...]
    sql: str

    @property
    def columns(self) -> tuple[Column, ...]:
        """All columns, in the order in which the query selects them."""
        return (*self.key, *self.values)

    @property
    def reach(self) -> int:
        """How long an event matters to the current window or one that a late event may change."""
        return self.span + self.before + self.late

    @property
    def needed(self) -> int:
        """How far back events matter: to each window that is computed again and again."""
        usual = USUAL_WINDOWS * self.span if self.name == TRENDING else 0
        return self.reach + usual

    @property
    def kept(self) -> int:
        """How long results are kept: for a day's usual, or as many days as there are."""
        day = self.hop == _DAY_MS
        return DAYS_KEPT * _DAY_MS if day else (USUAL_WINDOWS + 1) * self.span

    @property
    def is_personal(self) -> bool:
        """Whether a row is about one person: such a feature is published nowhere."""
        return any(column.name == "user_id" for column in self.key)

    def current_end(self, now: int) -> int:
        """Return the end of the window that is filled at a moment: the first end after it."""
        return now - now % self.hop + self.hop

    def first_whole(self, since: int) -> int:
        """Return after which end windows are whole where what happened before `since` is not."""
        return since + self.span + self.before

    def ends(self, after: int, until: int) -> range:
        """Return the ends of windows that may hold something from `after` on, up to `until`."""
        return range(self.current_end(after), until + 1, self.hop)


NAMES = (TRENDING, "co_purchases", "conversion", "dayparts", "sessions")


@cache
def feature(name: str) -> Feature:
    """Return a feature by its name. Raises FeatureInvalid."""
    sql = files("streams").joinpath("features", f"{name}.sql").read_text(encoding="utf-8")
    return parse(name, sql)


def features() -> list[Feature]:
    """Return all features."""
    return [feature(name) for name in NAMES]


def parse(name: str, sql: str) -> Feature:
    """Return the feature that a text describes. Raises FeatureInvalid."""
    found = _HEADER.match(sql)
    if not found:
        raise FeatureInvalid(f"{name}.sql does not begin with a title and a header.")
    said = dict(re.findall(r"^(\w+): (.+)$", found[2], re.MULTILINE))
    if missing := {"window", "late", "every", "key", "values"} - said.keys():
        raise FeatureInvalid(f"{name}.sql does not say: {', '.join(sorted(missing))}.")
    window = _WINDOW.fullmatch(said["window"])
    if not window:
        raise FeatureInvalid(f"{name}.sql: a window is written '60 min, every 10 min'.")
    return Feature(
        name=name,
        title=" ".join(line.removeprefix("-- ") for line in found[1].splitlines()),
        span=int(window[1]) * _MINUTE_MS,
        hop=int(window[2]) * _MINUTE_MS,
        late=_minutes(said["late"]),
        before=_minutes(said.get("before", "0 min")),
        every=float(said["every"].removesuffix(" s")),
        key=_columns(said["key"]),
        values=_columns(said["values"]),
        sql=sql,
    )


def _minutes(text: str) -> int:
    return int(text.removesuffix(" min")) * _MINUTE_MS


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(Column(*column.split()) for column in text.split(", "))
