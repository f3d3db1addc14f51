"""Which pages may use this server: those of its own origin, and of the origins in a setting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request

REMEMBERED_SECONDS = 600
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(?::[0-9]{1,5})?")


def host_name(header: str) -> str:
    """Return the name in a Host header, without its port; empty if it is not one name."""
    match = _HOST.fullmatch(header.strip())
    return match[1].strip("[]").lower() if match else ""


def is_own_page(request: Request, origin: str) -> bool:
    """Return whether an origin is that of the pages here."""
    return urlsplit(origin).netloc == request.headers.get("host")


def across_origins(origins: Sequence[str], *headers: str) -> Middleware:
    """Return the middleware that lets pages of other origins in; they send tokens, no cookies."""
    return Middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", *headers],
        expose_headers=["Retry-After"],
        max_age=REMEMBERED_SECONDS,
    )
