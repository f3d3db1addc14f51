"""Why something is done, as the history of it keeps it."""

from __future__ import annotations

from gql.request.failures import invalid

LONGEST_NOTE = 500


def history_line(argument: str, text: str | None) -> str | None:
    """Return a text for the history; refuse a long one, and one that could forge its lines."""
    if text is None or not text.strip():
        return None
    if len(text) > LONGEST_NOTE or not text.isprintable():
        message = f"{argument} is too long or has several lines."
        raise invalid(argument, message, "Send one short line.")
    return text.strip()
