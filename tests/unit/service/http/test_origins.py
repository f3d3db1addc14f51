"""Which names are this machine's, and who is shown a token of the demonstration."""

import pytest
from starlette.requests import Request

from service.http.demo import is_shown
from service.http.origins import host_name


def request(*headers: tuple[str, str]) -> Request:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
    return Request({"type": "http", "path": "/", "headers": raw, "server": ("127.0.0.1", 80)})


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:8000", "localhost"),
        ("[::1]:8000", "::1"),
        ("127.0.0.1", "127.0.0.1"),
        ("evil.example@localhost", ""),
        ("localhost/", ""),
        ("localhost, evil.example", ""),
        ("::1", ""),
        ("", ""),
    ],
)
def test_a_host_header_has_one_name(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize(
    ("headers", "shown"),
    [
        ([("host", "127.0.0.1:8000")], True),
        ([("host", "localhost:8000")], True),
        ([("host", "[::1]:8000")], True),
        ([("host", "evil.example:8000")], False),
        ([("host", "127.0.0.1.evil.example")], False),
        ([("host", "localhost.")], False),
        ([("host", "evil@localhost")], False),
        ([], False),
        ([("host", "localhost"), ("host", "evil.example")], False),
        ([("host", "localhost"), ("origin", "http://localhost:3000")], False),
        ([("host", "localhost"), ("x-forwarded-for", "192.0.2.1")], False),
        ([("host", "localhost"), ("x-forwarded-host", "shop.example")], False),
        ([("host", "localhost"), ("forwarded", "for=192.0.2.1")], False),
        ([("host", "localhost"), ("via", "1.1 proxy")], False),
    ],
)
def test_a_demo_token_is_only_for_a_page_of_this_machine(
    headers: list[tuple[str, str]], shown: bool
) -> None:
    assert is_shown(request(*headers)) is shown
