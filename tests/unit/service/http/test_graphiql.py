"""The GraphiQL page: a token only where it is given, and never one that breaks out of the page."""

import base64
import hashlib
import json

from service.http.graphiql import graphiql_page


def page(token: str | None) -> str:
    return bytes(graphiql_page(token).body).decode()


def test_without_a_token_there_is_none() -> None:
    assert "Bearer" not in page(None)


def test_a_token_stays_inside_its_text() -> None:
    html = page("demo</script>")
    assert "demo</script>" not in html
    start = html.split('id="start">')[1].split("</script>")[0]
    assert json.loads(json.loads(start)["headers"]) == {"Authorization": "Bearer demo</script>"}


def test_a_browser_runs_the_page_s_own_script_and_no_other() -> None:
    headers = graphiql_page("token").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    own = page(None).split("</script>\n<script>")[1].split("</script>")[0]
    digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
    assert policy["script-src"] == f"'self' 'sha256-{digest}'"
    assert "unsafe" not in headers["content-security-policy"]
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["cache-control"] == "no-store"
