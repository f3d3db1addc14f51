"""GraphiQL at /graphql: its files come with a package; nothing is fetched from elsewhere."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

_PACKAGE = "graphene_django_graphiql_static"

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Tastegraph - GraphiQL</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/graphiql/graphiql.min.css">
<style>html, body, #graphiql { height: 100%; margin: 0 }</style>
</head>
<body>
<div id="graphiql">Loading&hellip;</div>
<script src="/graphiql/react.production.min.js"></script>
<script src="/graphiql/react-dom.production.min.js"></script>
<script src="/graphiql/graphiql.min.js"></script>
<script type="application/json" id="start">START</script>
<script>
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
</script>
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


def graphiql_page(token: str | None) -> Response:
    """Return the page; with a token it speaks for the demo user."""
    headers = json.dumps({"Authorization": f"Bearer {token}"}) if token else "{}"
    start = json.dumps({"query": EXAMPLE, "headers": headers})
    return HTMLResponse(_PAGE.replace("START", start.replace("<", "\\u003c")))


def assets() -> StaticFiles:
    """Return the files of GraphiQL."""
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the package {_PACKAGE} is not installed: run scripts/setup")
    return StaticFiles(directory=Path(spec.origin).parent / "static" / _PACKAGE)
