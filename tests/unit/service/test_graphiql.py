"""The GraphiQL page: a token only where it is given, and never one that breaks out of the page."""

import json

from service.graphiql import graphiql_page


def page(token: str | None) -> str:
    return bytes(graphiql_page(token).body).decode()


def test_without_a_token_there_is_none() -> None:
    assert "Bearer" not in page(None)


def test_a_token_stays_inside_its_text() -> None:
    found = page("demo</script>")
    assert "demo</script>" not in found
    start = found.split('id="start">')[1].split("</script>")[0]
    assert json.loads(json.loads(start)["headers"]) == {"Authorization": "Bearer demo</script>"}
