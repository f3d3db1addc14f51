"""Refusing text that would write: the first of three locks on an analyst's query.

The second is the transaction's read access mode, which Neo4j enforces; the third is that the
transaction is rolled back, which also holds on the embedded engine.
"""

from __future__ import annotations

import re

from graph.errors import QuestionRefused
from graph.query import Query

# Left to right, so that a quote inside a comment, or the reverse, hides nothing.
_QUIET = re.compile(
    r"(?P<name>`[^`]*`)|'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|/\*.*?\*/"
    r"|//[^\n\r\v\f\x85\u2028\u2029]*",
    re.DOTALL,
)
_OPEN = re.compile(r"['\"`]|/\*")
_WRITING = re.compile(
    r"\b(CREATE|MERGE|SET|DELETE|DETACH|REMOVE|FOREACH|INSERT|LOAD|DROP|ALTER|GRANT|DENY|REVOKE"
    r"|START|STOP|TERMINATE|USE)\b",
    re.IGNORECASE,
)
_CALL = re.compile(r"\bCALL\b\s*([^\s({]*)", re.IGNORECASE)  # empty before a subquery
_READING_PROCEDURES = frozenset(
    {
        "db.index.fulltext.querynodes",
        "db.index.vector.querynodes",
        "db.labels",
        "db.propertykeys",
        "db.relationshiptypes",
        "db.schema.nodetypeproperties",
        "db.schema.reltypeproperties",
    }
)


def refuse_writes(query: Query) -> None:
    """Raise QuestionRefused unless the query declares that it reads, and its words only read."""
    if query.mode != "read":
        raise QuestionRefused(
            f"'{query.name}' writes to the graph, but questions may only read.",
            "Choose one from tastegraph query --list, or a file of your own with 'mode: read'.",
        )
    if (reason := why_not_reading(query.text)) is not None:
        raise QuestionRefused(
            f"'{query.name}' does more than read: {reason}.",
            "If a name in the graph looks like one of these words, put it in backticks.",
        )


def why_not_reading(text: str) -> str | None:
    """Return what in a query could write, or None; names in backticks and strings cannot."""
    if "\\u" in text.lower():
        return "it has escapes (\\u), which could hide anything"
    plain = _QUIET.sub(lambda match: "?" if match["name"] else " ", text)
    if _OPEN.search(plain):
        return "a quote or comment in it is not closed"
    if word := _WRITING.search(plain):
        return f"it has the word {word[1].upper()}"
    for procedure in _CALL.findall(plain):
        if procedure and procedure.lower() not in _READING_PROCEDURES:
            return f"it calls {procedure}"
    return None
