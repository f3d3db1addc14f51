"""What is said once a server answers: what to open, and what to try."""

from __future__ import annotations

import socket

from service.http.demo import Demo
from service.settings import Settings

QUERIES = (
    "{ recommendations(first: 5) { ... on Recommendations { items { rank drink { name kind }"
    " safety { status } } } } }",
    '{ drink(id: "flat-white") { ... on Drink { name recipe { name amount unit }'
    " safety { status verdicts { allergenId verdict } } } } }",
    'mutation { setAllergies(allergies: [{allergenId: "milk"}]) { ... on Me { id'
    " allergies { allergenId severity } } } }",
)


def welcome(settings: Settings, listener: socket.socket, demo: Demo | None) -> str:
    """Return what to open, and three queries if there is somebody to try them as."""
    port = listener.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    base = f"http://{host}:{port}"
    lines = [
        "",
        f"Open {base}/ in a browser: the storefront.",
        f"Tastegraph answers at {base}/graphql (GraphiQL in a browser).",
    ]
    if demo:
        lines += [
            f"Demo user {demo.person} (simulated); send this header:",
            f"  Authorization: Bearer {demo.token}",
            "",
            "Three queries to paste:",
            *(f"  {query}" for query in QUERIES),
        ]
    return "\n".join([*lines, "", "Stop with Ctrl-C."])
