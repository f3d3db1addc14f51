"""Secrets and personal data, each in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path


def kept_secret(path: Path, make: Callable[[], str] = lambda: secrets.token_urlsafe(32)) -> str:
    """Return the secret in a file; the first caller of all makes it, and the file is never partly
    written, however many processes start at once or end in the middle.
    """
    if not _has_text(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _publish(path, make())
    return path.read_text(encoding="utf-8").strip()


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, in place of any before, whole or not at all."""
    temporary = _written(path, text)
    try:
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _has_text(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _publish(path: Path, text: str) -> None:
    temporary = _written(path, text)
    try:
        if path.exists() and not _has_text(path):
            temporary.replace(path)
        else:
            # a link, unlike a rename, leaves the file of a faster process alone
            os.link(temporary, path)
            temporary.unlink()
    except FileExistsError:
        temporary.unlink()
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _written(path: Path, text: str) -> Path:
    """Return a file beside the path that has the text, safe on the disk."""
    temporary = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary
