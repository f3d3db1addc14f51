"""The time: read at the edge and passed in, so that tests can set it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The machine's time, in UTC."""
    return datetime.now(UTC)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970."""
    return int(moment.timestamp() * 1000)


def moment_of(at: int) -> datetime:
    """The moment, in UTC, so many milliseconds after 1970 began."""
    return datetime.fromtimestamp(at / 1000, UTC)


def rfc3339(at: int) -> str:
    """A moment in milliseconds since 1970 as text for others: UTC, to the millisecond, with a Z."""
    return moment_of(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_seconds(moment: datetime) -> str:
    """The moment as ISO text, to the second."""
    return moment.isoformat(timespec="seconds")


def iso_at(at: int) -> str:
    """A moment in milliseconds since 1970 as ISO text, to the second, in UTC."""
    return iso_seconds(moment_of(at))


def iso_if_at(at: int | None) -> str | None:
    """The same of a moment that may not have come; None then."""
    return None if at is None else iso_at(at)


def iso_microseconds(moment: datetime) -> str:
    """The moment as ISO text, to the microsecond: for what is put in order by it."""
    return moment.isoformat(timespec="microseconds")
