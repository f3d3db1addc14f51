"""Which segments there are to be: rules in a TOML file, of what people buy and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from graph.people.event_rules import DAYPARTS
from learning.documents import DocumentPart, Name, TasteId, TasteText, parsed, read_toml
from learning.errors import SegmentRefused

Count = Annotated[int, Field(ge=1, le=1_000_000)]
Share = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]

_NEVER = """
allergy allergies allergens allergen avoids avoid diet diets verdict verdicts safety status
severity traces regulation unresolved max_abv max_caffeine limits health
"""
NEVER = frozenset(_NEVER.split())
"""What no rule may be about: who must not have what."""


def refuse_health_keys(document: object) -> object:
    """Return a table that names nothing of what people must not have. Raises ValueError."""
    if isinstance(document, Mapping):
        for key in map(str, document):  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            if set(key.lower().replace("-", "_").split("_")) & NEVER or key.lower() in NEVER:
                raise ValueError(
                    f"'{key}' is about what somebody must not have: nobody is put into a group by "
                    "allergy, diet or verdict. Use what people buy and like"
                )
    return document  # pyright: ignore[reportUnknownVariableType]


class Rule(DocumentPart):
    """Who is in a segment: everybody for whom all of it is true.

    Of what they bought in the days that count, at least `share` must be of these kinds, styles,
    flavors or dayparts (any of a list, of every list that is given).
    """

    id: Name
    name: TasteText
    bought_at_least: Count | None = None
    bought_at_most: Count | None = None
    drinks_at_least: Count | None = None
    spent_at_least: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    within_days: Count | None = None
    quiet_days: Count | None = None
    kinds: tuple[TasteId, ...] = ()
    styles: tuple[TasteId, ...] = ()
    flavors: tuple[TasteId, ...] = ()
    dayparts: tuple[str, ...] = ()
    share: Share = 0.5

    @model_validator(mode="before")
    @classmethod
    def _never_by_health(cls, document: Any) -> Any:
        return refuse_health_keys(document)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        for daypart in self.dayparts:
            if daypart not in DAYPARTS:
                raise ValueError(f"'{daypart}' is none of {', '.join(DAYPARTS)}")
        if not self.model_fields_set - {"id", "name", "share"}:
            raise ValueError(f"'{self.id}' has no condition: everybody would be in it")
        return self


class Communities(DocumentPart):
    """Groups of people who buy together, by Louvain; at most so many, the largest."""

    most: Annotated[int, Field(ge=1, le=50)] = 8


class Rfm(DocumentPart):
    """Groups by recency, frequency and monetary value."""


class Segments(DocumentPart):
    """All segments to be computed, of what was bought in so many days."""

    days: Annotated[int, Field(ge=1, le=3650)] = 365
    communities: Communities | None = None
    rfm: Rfm | None = None
    segments: tuple[Rule, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _never_by_health(cls, document: Any) -> Any:
        return refuse_health_keys(document)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ids = [rule.id for rule in self.segments]
        if len(set(ids)) < len(ids):
            raise ValueError("two segments have the same id")
        for id_ in ids:
            if id_.startswith(("rfm-", "taste-")):
                raise ValueError(f"'{id_}': ids that begin with rfm- or taste- are taken")
        return self


def read_segments(path: Path | None = None) -> Segments:
    """Return the segments of a TOML file; those that come with Tastegraph without a path.

    Raises SegmentRefused naming the file and the key in question.
    """
    if path is None:
        folder = resources.files("learning") / "segments"
        with resources.as_file(folder / "segments.toml") as bundled:
            return read_segments(bundled)
    return parsed(Segments, read_toml(path, SegmentRefused), path.name, SegmentRefused)
