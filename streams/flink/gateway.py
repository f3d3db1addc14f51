"""The SQL gateway of a Flink cluster, over REST: sessions, and statements in them.

Source: https://nightlies.apache.org/flink/flink-docs-release-2.2/docs/dev/table/sql-gateway/rest/
"""

from __future__ import annotations

import json
import time
from http.client import HTTPException
from typing import Any, Self
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from graph.errors import TastegraphError

ANSWER_SECONDS = 30.0
STATEMENT_SECONDS = 600.0
POLL_SECONDS = 0.1
MOST_SHOWN = 600


class FlinkRefused(TastegraphError):
    """Flink does not take a statement, or does not answer."""


class Gateway:
    """One session at a gateway; it blocks, and is for one thread."""

    def __init__(self, address: str) -> None:
        """Open a session at an address such as http://flink:8083. Raises FlinkRefused."""
        self._address = f"{address.rstrip('/')}/v1"
        opened = self._ask("POST", "/sessions", {"properties": {}})
        if "sessionHandle" not in opened:
            raise FlinkRefused(f"{address} is no SQL gateway of Flink.", _ADVICE)
        self._session = opened["sessionHandle"]

    def execute(self, statement: str) -> list[list[Any]]:
        """Run a statement to its end, or until its job is submitted, and return its rows.

        Raises FlinkRefused with what Flink says is wrong.
        """
        path = f"/sessions/{self._session}"
        handle = self._ask("POST", f"{path}/statements", {"statement": statement})
        operation = f"{path}/operations/{handle['operationHandle']}"
        deadline = time.monotonic() + STATEMENT_SECONDS
        while (status := self._ask("GET", f"{operation}/status")["status"]) in _GOING:
            if time.monotonic() > deadline:
                raise FlinkRefused(f"Flink has not finished a statement: it is {status}.")
            time.sleep(POLL_SECONDS)
        return self._rows(operation)

    def _rows(self, operation: str) -> list[list[Any]]:
        rows: list[list[Any]] = []
        page = f"{operation}/result/0"
        while True:
            answer = self._ask("GET", page)
            rows += [row["fields"] for row in answer.get("results", {}).get("data", [])]
            following = answer.get("nextResultUri")
            if not following or answer.get("resultType") == "EOS":
                return rows
            page = following.removeprefix("/v1")
            time.sleep(POLL_SECONDS if answer.get("resultType") == "NOT_READY" else 0)

    def close(self) -> None:
        """End the session; jobs go on."""
        self._ask("DELETE", f"/sessions/{self._session}")

    def __enter__(self) -> Self:
        """Use it until the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the session."""
        self.close()

    def _ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        try:
            request = Request(self._address + path, data, headers, method=method)  # noqa: S310
            with urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPError as error:
            if not (cause := _cause(error)):
                told = f"{self._address} is no SQL gateway of Flink: it answers {error.code}."
                raise FlinkRefused(told, _ADVICE) from error
            raise FlinkRefused(f"Flink refused a statement: {cause}") from error
        except (URLError, HTTPException, OSError, ValueError) as error:
            raise FlinkRefused(
                f"Flink's SQL gateway at {self._address} does not answer: {error}.", _ADVICE
            ) from error


_ADVICE = "Start it, or name another with --gateway or FLINK_SQL_GATEWAY."
_GOING = ("INITIALIZED", "PENDING", "RUNNING")


def _cause(error: HTTPError) -> str:
    """Return the innermost reason, without Java's stack traces; "" if Flink gives none."""
    text = error.read().decode(errors="replace")
    try:
        errors: list[str] = json.loads(text)["errors"]
    except (ValueError, KeyError, TypeError):
        return ""
    lines = [line for error in errors for line in error.splitlines() if line.strip(" <>")]
    causes = [line for line in lines if not line.startswith(("\t", "End of"))]
    return " / ".join(causes[-2:])[:MOST_SHOWN] or text[:MOST_SHOWN]
