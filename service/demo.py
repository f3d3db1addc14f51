"""The demonstration: whom a visitor of this machine may be without an identity provider."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from service.auth import LocalKey
from service.settings import is_loopback


@dataclass(frozen=True)
class Demo:
    """A simulated person, and guests with nothing declared; only for who opens it on loopback."""

    key: LocalKey
    person: str

    @property
    def token(self) -> str:
        """A token of the simulated person."""
        return self.key.issue(self.person)

    def guest_token(self) -> str:
        """Return a token of somebody whom the graph does not know yet."""
        return self.key.issue(f"guest-{secrets.token_hex(8)}")


def demo_answer(request: Request, demo: Demo | None) -> Response:
    """Return tokens to try the page with, `{person, guest}`; `{}` where there is no demonstration.

    A page of another name that was made to point at this machine is told nothing.
    """
    shown = demo is not None and is_loopback(request.url.hostname or "")
    content = {"person": demo.token, "guest": demo.guest_token()} if demo and shown else {}
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
