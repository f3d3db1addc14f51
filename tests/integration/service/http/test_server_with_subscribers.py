"""A server with subscribers: how it ends, and what it remembers from start to start."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.service.commands import (
    Served,
    environment,
    tastegraph,
    wait_until_gone,
)
from tests.support.pages import DOCS, ROOT, blocks
from tests.support.sockets import Client

ASK = "{ recommendations(first: 5) { ... on Recommendations { items { drink { id } } } } }"
ALLERGIC = """mutation { setAllergies(allergies: [{allergenId: "milk"}]) { __typename } }"""
ALERTS = """{ safetyAlerts { ... on SafetyAlerts { checked items {
    drink { id } cause contacts { kind } } } } }"""
EVIDENCE = """subject_type,subject,allergen,status,source,observed_at
ingredient,own-tea,milk,contains,a letter,2026-11-20
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, world: Path) -> Iterator[Path]:
    """A stopped installation with a small catalogue."""
    home = tmp_path_factory.mktemp("subscribers") / "home"
    done = tastegraph(home, "import", str(world), f"--rejects={home.parent / 'rejects.csv'}")
    assert done.returncode == 0, done.stderr
    yield home


def socket_of(running: Served) -> str:
    return running.base.replace("http:", "ws:") + "/graphql"


def test_the_end_is_told_to_subscribers_and_nothing_is_lost(home: Path) -> None:
    user = "guest-1"
    with Served(home) as running:
        running.ready(120)
        token = running.token(user)
        running.data(ALLERGIC, token)

        async def subscribe_and_stop() -> tuple[tuple[int | None, str | None], int]:
            async with Client(socket_of(running)) as reader, Client(socket_of(running)) as slow:
                await reader.watching(token)
                await slow.watching(token)
                slow.socket.transport.pause_reading()
                offered = await asyncio.to_thread(running.data, ASK, token)
                assert len(offered["recommendations"]["items"]) == 5
                status = await asyncio.to_thread(running.stop, signal.SIGTERM)
                return await reader.closed(), status

        began = time.monotonic()
        ended, status = asyncio.run(subscribe_and_stop())
        assert ended == (1001, "The server is shutting down.")
        assert status == 0 and time.monotonic() - began < 25
        assert "Traceback" not in running.said()
        assert wait_until_gone(home) == []
    with Served(home) as again:
        again.ready(120)
        assert again.data(ALERTS, token)["safetyAlerts"] == {"checked": 5, "items": []}


def test_the_example_of_the_page_prints_alerts_as_they_come(home: Path, tmp_path: Path) -> None:
    [example] = [
        block for block in blocks((DOCS / "alerts.md").read_text()) if block.language == "python"
    ]
    script = tmp_path / "example.py"
    script.write_text(example.text)
    evidence = tmp_path / "letter"
    evidence.mkdir()
    (evidence / "allergen_evidence.csv").write_text(EVIDENCE)
    with Served(home) as running:
        running.ready(120)
        token = running.token("reader")
        running.data(ALLERGIC, token)
        offered = running.data(ASK, token)["recommendations"]["items"]
        environ = environment(home) | {"TOKEN": token, "URL": socket_of(running)}

        async def read() -> list[str]:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(script),
                env=environ,
                cwd=ROOT,
                stdout=asyncio.subprocess.PIPE,
            )
            assert process.stdout
            try:
                async with asyncio.timeout(120):
                    said = [(await process.stdout.readline()).decode().strip()]
                    rejects = f"--rejects={tmp_path / 'rejects.csv'}"
                    done = await asyncio.to_thread(
                        tastegraph, home, "import", str(evidence), rejects
                    )
                    assert done.returncode == 0, done.stderr
                    said += [(await process.stdout.readline()).decode().strip() for _ in offered]
            finally:
                os.kill(process.pid, signal.SIGKILL)
                await process.wait()
            return said

        said = asyncio.run(read())
        assert said[0] == "watching 5 drinks"
        assert len(said) == 6 and all("is not safe for you" in line for line in said[1:])
        alerts = running.data(ALERTS, token)["safetyAlerts"]
        assert {item["drink"]["id"] for item in alerts["items"]} == {
            item["drink"]["id"] for item in offered
        }
        assert {item["cause"] for item in alerts["items"]} == {"CATALOGUE_CHANGED"}
