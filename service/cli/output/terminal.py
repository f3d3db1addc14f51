"""What is printed for people: foreign text is shown, and never obeyed."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from graph.legible import legible

# JSON itself escapes only what is below a space; the rest acts on some terminals too.
_ACTING = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class Terminal(Console):
    """A console on which text cannot move the cursor, or colour or hide what is there."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Render, with every control character made visible."""
        for text, style, control in super().render(renderable, options):
            yield Segment(text if control else legible(text), style, control)


class LegibleFormatter(logging.Formatter):
    """Lines of a log, in which foreign text is shown and never obeyed."""

    def format(self, record: logging.LogRecord) -> str:
        """Format a record."""
        return legible(super().format(record))


def log_legibly() -> None:
    """Log what needs attention on standard error."""
    logging.basicConfig(level=logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(LegibleFormatter("%(asctime)s %(name)s: %(message)s"))
    logging.getLogger("neo4j").setLevel(logging.CRITICAL)


def plain_json(document: Any, indent: int | None = 2) -> str:
    """Return a document as JSON without anything that a terminal would act on."""
    text = json.dumps(document, ensure_ascii=False, indent=indent, default=str)
    return _ACTING.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
