"""Trusted documents: operations that clients name by the SHA-256 of their text.

Two forms name one: `documentId` as in the draft on persisted documents of GraphQL over HTTP
("sha256:" and 64 hexadecimal digits; the digits alone will do), and Apollo's
`extensions.persistedQuery.sha256Hash`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from gql.execution.documents import LONGEST_DOCUMENT
from gql.execution.variables import variables_fault
from graph.errors import TastegraphError

PREFIX = "sha256:"


class DocumentsRefused(TastegraphError):
    """A file of trusted documents, or one of the documents, cannot be used."""


class DocumentRefused(Exception):
    """A request names a document that cannot be answered; with the status and code to say so."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class TrustedDocuments:
    """The documents by their SHA-256, and whether people may run nothing else."""

    def __init__(self, texts: Iterable[str] = (), *, alone: bool = False) -> None:
        self._texts = {document_id(text): text for text in texts}
        self._alone = alone

    def text_of(self, asked: Mapping[str, Any], *, developer: bool) -> str:
        """Return the text that a well-formed request asks for; raise DocumentRefused."""
        digest, text = _named(asked), asked.get("query")
        if text is None:
            return self._trusted(digest)
        if digest is not None and digest != document_id(text):
            raise DocumentRefused(
                400, "PERSISTED_QUERY_MISMATCH", "The SHA-256 does not match the text."
            )
        if self._alone and not developer and document_id(text) not in self._texts:
            raise DocumentRefused(
                403, "DOCUMENT_NOT_TRUSTED", "Only trusted documents are answered here."
            )
        return text

    def _trusted(self, digest: str | None) -> str:
        if digest is None or digest not in self._texts:
            raise DocumentRefused(
                400, "PERSISTED_QUERY_NOT_FOUND", "No trusted document has this id."
            )
        return self._texts[digest]


def document_id(text: str) -> str:
    """Return the SHA-256 of a text, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_named(asked: Mapping[str, Any]) -> bool:
    """Return whether a request names a document, in either form."""
    return _named(asked) is not None


def form_fault(asked: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the form of a request, over HTTP or a WebSocket."""
    query = asked.get("query")
    if not (isinstance(query, str) and query) and not (query is None and is_named(asked)):
        return "'query' must be a text, or 'documentId' that of a trusted document."
    if query is not None and len(query) > LONGEST_DOCUMENT:
        return f"'query' has {len(query):,} characters; {LONGEST_DOCUMENT:,} are allowed."
    if not isinstance(asked.get("variables") or {}, dict):
        return "'variables' must be an object."
    fault = variables_fault(asked.get("variables"))
    if fault:
        return fault
    if not isinstance(asked.get("operationName") or "", str):
        return "'operationName' must be a text."
    return None


def _named(asked: Mapping[str, Any]) -> str | None:
    named = asked.get("documentId")
    if isinstance(named, str):
        return named.removeprefix(PREFIX).lower()
    extensions = _mapping(asked.get("extensions"))
    hashed = _mapping(extensions.get("persistedQuery")).get("sha256Hash")
    return hashed.lower() if isinstance(hashed, str) else None


def _mapping(value: object) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}


def read_trusted_documents(path: Path | None) -> TrustedDocuments:
    """Return the documents of a file that `tastegraph documents` wrote; without one, none.

    Raises DocumentsRefused if it cannot be read, or a text does not have its SHA-256.
    """
    return TrustedDocuments() if path is None else TrustedDocuments(texts_of(path), alone=True)


def texts_of(path: Path) -> list[str]:
    """Return the texts of a JSON file of documents by SHA-256; raise DocumentsRefused."""
    try:
        document: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DocumentsRefused(f"The documents in {path} cannot be read: {error}.") from error
    if not isinstance(document, dict):
        raise DocumentsRefused(
            f"{path} is not a JSON object that maps each SHA-256 to its document."
        )
    texts = cast(dict[str, object], document)
    for key, text in texts.items():
        if not isinstance(text, str) or document_id(text) != _bare(key):
            raise DocumentsRefused(
                f"{path}: the text beside {key[:80]} does not have this SHA-256.",
                "Make the file with tastegraph documents.",
            )
    return [cast(str, text) for text in texts.values()]


def _bare(key: str) -> str:
    return re.sub(f"^{PREFIX}", "", key).lower()
