"""The demonstration: who a visitor on this machine may be without an identity provider."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.http.auth import LocalKey
from service.http.origins import host_name
from service.settings import is_loopback

PROXIED = frozenset(
    {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "origin"}
)
"""Headers that no page of this machine sends with a GET of its own."""


@dataclass(frozen=True)
class Demo:
    """A simulated person, and guests with nothing declared; only on loopback."""

    key: LocalKey
    person: str

    @property
    def token(self) -> str:
        """A token of the simulated person."""
        return self.key.issue(self.person)

    def guest_token(self) -> str:
        """Return a token for somebody new to the graph."""
        return self.key.issue(f"guest-{secrets.token_hex(8)}", guest=True)


def is_shown(request: Request) -> bool:
    """Return whether a request may have a token: it came straight from a page of this machine.

    Not through a proxy, whose visitors may be anybody; not to another name that was made to point
    here; not from a page of another origin, even one that may use the API.
    """
    names = request.headers.getlist("host")
    passed_on = PROXIED & set(request.headers.keys())
    return not passed_on and len(names) == 1 and is_loopback(host_name(names[0]))


def demo_answer(request: Request, demo: Demo | None) -> Response:
    """Return tokens to try the page with, `{person, guest}`; `{}` if nothing is shown."""
    shown = demo if demo and is_shown(request) else None
    content = {"person": shown.token, "guest": shown.guest_token()} if shown else {}
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
