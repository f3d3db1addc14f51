"""One event as a request to one webhook: signed, to a checked address, no redirect followed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import httpcore
import orjson
from standardwebhooks import Webhook

from connectors.webhooks.addresses import CheckedBackend, Network
from events.outgoing.sink import SinkAway
from graph.clock import Clock, utc_now

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 20.0
MOST_READ = 10_000
LONGEST_WAIT = 3600.0
GONE = 410
Headers = list[tuple[bytes | str, bytes | str]]
_TIMEOUTS = {"connect": CONNECT_SECONDS, "read": ANSWER_SECONDS, "write": ANSWER_SECONDS}


class WebhookClient:
    """Posts signed documents; keeps connections open."""

    def __init__(self, networks: Sequence[Network] = (), clock: Clock = utc_now) -> None:
        self._clock = clock
        self._pools = {
            plain: httpcore.AsyncConnectionPool(
                max_connections=100,
                keepalive_expiry=30.0,
                network_backend=CheckedBackend(networks, plain=plain),
            )
            for plain in (False, True)
        }

    async def post(self, url: str, secrets: Sequence[str], document: Mapping[str, Any]) -> int:
        """Send a document, and return the status, a 2xx. Raises SinkAway."""
        body = orjson.dumps(document)
        pool = self._pools[url.startswith("http:")]
        headers = self._headers(str(document["id"]), body, secrets)
        try:
            async with (
                asyncio.timeout(ANSWER_SECONDS),
                pool.stream(
                    "POST", url, headers=headers, content=body, extensions={"timeout": _TIMEOUTS}
                ) as answer,
            ):
                await _read_some(answer)
        except TimeoutError:
            raise SinkAway("did not answer in time") from None
        except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError) as error:
            raise SinkAway(f"cannot be reached: {str(error) or type(error).__name__}") from error
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise SinkAway(f"cannot be reached: {why}") from error
        return _judged(answer)

    def _headers(self, id_: str, body: bytes, secrets: Sequence[str]) -> Headers:
        at = self._clock()
        signatures = [Webhook(secret).sign(id_, at, body.decode()) for secret in secrets]
        return [
            ("content-type", "application/json"),
            ("user-agent", "tastegraph"),
            ("webhook-id", id_),
            ("webhook-timestamp", str(int(at.timestamp()))),
            ("webhook-signature", " ".join(signatures)),
        ]

    async def close(self) -> None:
        """Close all connections."""
        for pool in self._pools.values():
            await pool.aclose()


async def _read_some(answer: httpcore.Response) -> None:
    """Read the start of an answer, so that the connection can be used again if that is all."""
    read = 0
    async for part in answer.aiter_stream():
        read += len(part)
        if read > MOST_READ:
            return


def _judged(answer: httpcore.Response) -> int:
    status = answer.status
    if 200 <= status < 300:
        return status
    if status == GONE:
        raise SinkAway("answered 410: it wants no more", gone=True)
    if 300 <= status < 400:
        raise SinkAway(f"answered {status}: redirects are not followed")
    raise SinkAway(f"answered {status}", retry_after=_retry_after(answer))


def _retry_after(answer: httpcore.Response) -> float:
    for name, value in answer.headers:
        if name.lower() == b"retry-after" and value.isdigit():
            return min(float(value), LONGEST_WAIT)
    return 0.0
