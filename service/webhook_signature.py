"""Signatures of webhooks: who sent a body, and when, by a secret that both sides have.

The form of https://www.standardwebhooks.com, which Debezium Server's HTTP sink signs with.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from connectors.webhooks.secrets import PREFIX, new_secret
from graph.secret_files import kept_secret

TOLERANCE = timedelta(minutes=5)
"""How old a signature may be, and how far the clocks may differ."""
MOST_DIGITS = 12


def webhook_secret(home: Path) -> str:
    """Return this installation's secret for what sends changes, made at the first use."""
    return kept_secret(home / "keys" / "changes.key", new_secret)


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Return whether a body was signed with the secret, not long before `now` (Unix time)."""
    name, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= MOST_DIGITS):
        return False
    if abs(now - int(moment)) > TOLERANCE.total_seconds():
        return False
    expected = f"v1,{_signature(secret, f'{name}.{moment}.'.encode() + body)}"
    given = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(expected.encode(), each.encode()) for each in given)


def _signature(secret: str, signed: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("The secret of webhooks is not base 64.") from error
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
