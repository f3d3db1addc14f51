"""Signatures of webhooks, in the form of Standard Webhooks."""

from __future__ import annotations

import pytest

from service.webhook_signature import TOLERANCE, is_signed

# the example of the specification's libraries
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"test": 2432232314}'
MOMENT = 1614265330
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": str(MOMENT),
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_what_was_signed_is_accepted() -> None:
    assert is_signed(SECRET, HEADERS, BODY, MOMENT + 1)
    several = HEADERS | {"webhook-signature": f"v1,other {HEADERS['webhook-signature']}"}
    assert is_signed(SECRET, several, BODY, MOMENT)


@pytest.mark.parametrize(
    ("headers", "body", "later"),
    [
        ({}, b"{}", 0),
        ({"webhook-id": "another"}, BODY, 0),
        ({"webhook-timestamp": "now"}, BODY, 0),
        ({"webhook-timestamp": "1" * 5_000}, BODY, 0),
        ({"webhook-timestamp": str(MOMENT + 1)}, BODY, 0),
        ({"webhook-signature": "v1,"}, BODY, 0),
        ({"webhook-signature": "é"}, BODY, 0),
        ({}, BODY, TOLERANCE.total_seconds() + 1),
        ({}, BODY, -TOLERANCE.total_seconds() - 1),
    ],
)
def test_anything_else_is_not(headers: dict[str, str], body: bytes, later: float) -> None:
    assert not is_signed(SECRET, HEADERS | headers, body, MOMENT + later)


def test_another_secret_is_not_accepted() -> None:
    assert not is_signed("whsec_AAAA", HEADERS, BODY, MOMENT)
    assert not is_signed(SECRET, {}, BODY, MOMENT)
