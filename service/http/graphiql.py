"""GraphiQL at /graphql: its files come from a package; nothing is fetched from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from importlib.util import find_spec
from pathlib import Path

from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

_PACKAGE = "graphene_django_graphiql_static"

_STYLE = "html, body, #graphiql { height: 100%; margin: 0 }"

_SCRIPT = """
const start = JSON.parse(document.getElementById("start").textContent);
const fetcher = GraphiQL.createFetcher
  ? GraphiQL.createFetcher({ url: "/graphql" })
  : (asked, more) => fetch("/graphql", {
      method: "POST",
      headers: { "Content-Type": "application/json", ...(more && more.headers) },
      body: JSON.stringify(asked),
    }).then((answer) => answer.json());
ReactDOM.render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: start.query,
    headers: start.headers,
    defaultEditorToolsVisibility: true,
    shouldPersistHeaders: false,
  }),
  document.getElementById("graphiql"),
);
"""

_PAGE = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Tastegraph - GraphiQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/graphiql/graphiql.min.css">
<style>{_STYLE}</style>
</head>
<body>
<div id="graphiql">Loading&hellip;</div>
<script src="/graphiql/react.production.min.js"></script>
<script src="/graphiql/react-dom.production.min.js"></script>
<script src="/graphiql/graphiql.min.js"></script>
<script type="application/json" id="start">START</script>
<script>{_SCRIPT}</script>
</body>
</html>
"""

EXAMPLE = """# Drinks for you: each passed both safety checks.
{
  recommendations(first: 5) {
    ... on Recommendations {
      modelVersion
      items {
        rank
        drink { name kind }
        safety {
          status
          verdicts { allergenId verdict }
        }
      }
    }
    ... on Failure { message advice }
  }
}
"""


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


POLICY = "; ".join(
    (
        "default-src 'none'",
        f"script-src 'self' {_digest(_SCRIPT)}",
        # its editor sets styles by script, which needs no leave
        f"style-src 'self' {_digest(_STYLE)}",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
}
"""What this page needs; `service.http.security_headers` adds what every answer has."""


def graphiql_page(token: str | None) -> Response:
    """Return the page; with a token it acts as the demo user."""
    headers = json.dumps({"Authorization": f"Bearer {token}"}) if token else "{}"
    start = json.dumps({"query": EXAMPLE, "headers": headers})
    return HTMLResponse(_PAGE.replace("START", start.replace("<", "\\u003c")), headers=HEADERS)


class _Assets(StaticFiles):
    """Files that are the same for everybody: kept, and asked for again by their ETag."""

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return a file, or that the client has it."""
        answer = super().file_response(full_path, stat_result, scope, status_code)
        answer.headers["Cache-Control"] = "no-cache"
        return answer


def assets() -> StaticFiles:
    """GraphiQL's files from its own package. Raises RuntimeError if it is not installed."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the package {_PACKAGE} is not installed: run scripts/setup")
    return _Assets(directory=Path(spec.origin).parent / "static" / _PACKAGE)
