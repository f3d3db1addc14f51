"""The values of cells, checked: an empty value is a missing one, lists are separated by '|'."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, cast

from pydantic import (
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
)

from graph.clock import Clock, utc_now

FEWEST_SECONDS = 1e8  # 1973: anything less is a year, a month, or a spreadsheet's day number
_COMPACT = re.compile(
    r"((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?"
)
_UNPRINTABLE = r"\x00-\x1f\x7f\x{85}\x{2028}\x{2029}"


def _elements(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split("|") if part.strip())
    return value


def _flag(value: object) -> object:
    flags = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
    if isinstance(value, str):
        if value.lower() not in flags:
            raise ValueError("is neither true nor false (yes, no, 1, 0)")
        return flags[value.lower()]
    return value


def _day(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value).date().isoformat()
    except ValueError:
        raise ValueError("is not a date; write it as 2026-01-31") from None


def _past_day(value: object, about: ValidationInfo) -> object:
    day = _day(value)
    context = cast("dict[str, Clock] | None", about.context) or {}
    clock = context.get("clock", utc_now)
    if isinstance(day, str) and date.fromisoformat(day) > clock().date() + timedelta(1):
        raise ValueError("is in the future")
    return day


def _number(value: object) -> object:
    # float() would also take 1_000 and arabic digits, and inf.
    if isinstance(value, str) and not (value.isascii() and "_" not in value):
        raise ValueError("is not a number")
    return value


def _moment(value: object) -> object:
    """Return epoch milliseconds of ISO text (UTC unless it says otherwise), seconds or millis."""
    if not isinstance(value, str):
        return value
    text = _with_dashes(value)
    try:
        number = float(text)
    except ValueError:
        moment = _iso_moment(text)
    else:
        moment = _unix_moment(number)
    if not 0 < moment < 4_102_444_800_000:
        raise ValueError("is before 1970 or after 2100")
    return moment


def _with_dashes(value: str) -> str:
    """Return 20260131, with or without a time, as ISO text: it is not a number of seconds."""
    match = _COMPACT.fullmatch(value.strip())
    if not match:
        return value
    day, time = (
        "-".join(match.group(1, 2, 3)),
        ":".join(part for part in match.group(4, 5, 6) if part),
    )
    return f"{day}T{time}" if time else day


def _unix_moment(number: float) -> int:
    if not math.isfinite(number):
        raise ValueError("is not a date and time")
    if abs(number) < FEWEST_SECONDS:
        raise ValueError(
            "is too small for seconds since 1970 (the day number of a spreadsheet?); "
            "write it as 2026-01-31"
        )
    return round(number if abs(number) >= 1e11 else number * 1000)


def _iso_moment(value: str) -> int:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("is not a date and time; write it as 2026-01-31T12:00:00Z") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


Id = Annotated[str, StringConstraints(pattern=rf"^[^|{_UNPRINTABLE}]{{1,200}}$")]
Name = Annotated[str, StringConstraints(pattern=rf"^[^{_UNPRINTABLE}]{{1,500}}$")]
LongText = Annotated[str, StringConstraints(max_length=10_000)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_elements)]
Flag = Annotated[bool, BeforeValidator(_flag)]
Day = Annotated[str, BeforeValidator(_day)]
PastDay = Annotated[str, BeforeValidator(_past_day)]
Moment = Annotated[int, BeforeValidator(_moment)]
Number = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Positive = Annotated[Number, Field(ge=0)]
# More is not a trace: a glass of milk has about 8,000 mg of protein. None: no quantity given.
MOST_PROTEIN_MG = 10_000
Dose = Annotated[Number, Field(gt=0, le=MOST_PROTEIN_MG)]
