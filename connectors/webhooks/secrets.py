"""The secrets of webhooks, one file each in this home, which only its owner can read."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from connectors.webhooks.addresses import WebhookRefused
from graph.clock import Clock, milliseconds, utc_now
from graph.secret_files import write_private

PREFIX = "whsec_"
BYTES = 32
BOTH_SIGN = timedelta(hours=24)
"""How long a secret that was replaced still signs, beside the new one."""


class WebhookSecrets:
    """The secrets in a folder, by the id of the webhook."""

    def __init__(self, folder: Path, clock: Clock = utc_now) -> None:
        self._folder = folder
        self._clock = clock

    def __contains__(self, webhook_id: str) -> bool:
        """Return whether this home has the secret of a webhook."""
        return self._path(webhook_id).exists()

    def make(self, webhook_id: str) -> str:
        """Make the first secret of a webhook, and return it."""
        secret = new_secret()
        self._write(webhook_id, [{"secret": secret, "until": None}])
        return secret

    def rotate(self, webhook_id: str) -> str:
        """Make a new secret, and return it; the others sign for another day.

        Raises WebhookRefused.
        """
        secret, until = new_secret(), milliseconds(self._clock() + BOTH_SIGN)
        others = [
            {"secret": kept["secret"], "until": until if kept["until"] is None else kept["until"]}
            for kept in self._current(webhook_id)
        ]
        self._write(webhook_id, [{"secret": secret, "until": None}, *others])
        return secret

    def signing(self, webhook_id: str) -> list[str]:
        """Return the secrets that sign now, the newest first. Raises WebhookRefused."""
        return [kept["secret"] for kept in self._current(webhook_id)]

    def remove(self, webhook_id: str) -> None:
        """Remove the secrets of a webhook."""
        self._path(webhook_id).unlink(missing_ok=True)

    def _current(self, webhook_id: str) -> list[Mapping[str, Any]]:
        now = milliseconds(self._clock())
        try:
            known = json.loads(self._path(webhook_id).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise WebhookRefused(
                f"The secret of {webhook_id} cannot be read ({type(error).__name__}).",
                "It is in the home where the webhook was added; else remove it and add it again.",
            ) from error
        return [kept for kept in known if kept["until"] is None or kept["until"] > now]

    def _write(self, webhook_id: str, known: list[Any]) -> None:
        path = self._path(webhook_id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, json.dumps(known))

    def _path(self, webhook_id: str) -> Path:
        return self._folder / f"{webhook_id}.json"


def new_secret() -> str:
    """Return a random secret in the form of https://www.standardwebhooks.com."""
    return PREFIX + base64.b64encode(secrets.token_bytes(BYTES)).decode()
