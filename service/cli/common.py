"""What every command uses: the console, the settings, how a failure ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any, NoReturn, TypeVar

import click
from rich.text import Text

from graph.clock import milliseconds, utc_now
from service.cli.exit_statuses import FAILED
from service.cli.output.terminal import Terminal, plain_json
from service.settings import Settings, read_settings

T = TypeVar("T")
console = Terminal(stderr=True, soft_wrap=True, markup=False, emoji=False)


def fail(message: str) -> NoReturn:
    """Say what went wrong and end."""
    console.print(Text("Error:", style="red"), message, highlight=False)
    sys.exit(FAILED)


def settings() -> Settings:
    """Read from the environment at each call. Raises SettingInvalid."""
    return read_settings(os.environ)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run the work to its end, and return its result."""
    return asyncio.run(work)


@contextmanager
def until_told() -> Generator[None]:
    """Let SIGTERM end the work of this task, which is no failure."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    if task:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    with suppress(asyncio.CancelledError):
        yield


def json_option(says: str = "Print as JSON.") -> Callable[[Callable[..., None]], Any]:
    """Return the option that has a command print one JSON document, as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help=says)


def print_json(document: Any) -> None:
    """Print one JSON document on standard output."""
    click.echo(plain_json(document))


def day_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option of the day since when something is known, as ISO text; not in the future."""
    return click.option(
        "--observed-at",
        callback=_past_day,
        help="The day it was seen, such as 2026-01-31; default today.",
    )(command)


def _past_day(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str:
    today = utc_now().date()
    try:
        day = date.fromisoformat(text) if text else today
    except ValueError:
        raise click.BadParameter(f"'{text}' is not a date; write it as 2026-01-31.") from None
    if day > today:
        raise click.BadParameter(f"{day} is in the future.")
    return day.isoformat()


def moment_of(text: str, option: str = "--from") -> int:
    """Return the moment that an option says, in milliseconds since 1970; without an offset, UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"'{text}' is not a date or time; write it as 2026-01-31 or 2026-01-31T08:00:00Z."
        raise click.BadParameter(message, param_hint=option) from None
    return milliseconds(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
