"""The examples of the README run as they stand."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path

from graph.connection import Address
from tests.integration.docs.conftest import Examples
from tests.support.pages import ROOT, blocks

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def only(language: str) -> str:
    code = [block.text for block in blocks(TEXT) if block.language == language]
    assert len(code) == 1
    return code[0]


async def test_the_curl_example_answers(examples: Examples) -> None:
    body = re.search(r"-d '([^']+)'", TEXT)
    assert body
    answer = await examples.ask(json.loads(body[1])["query"])
    assert len(answer["data"]["recommendations"]["items"]) == 3


async def test_the_fetch_example_answers(examples: Examples) -> None:
    query = re.search(r"query: `([^`]+)`", only("js"))
    assert query and 'variables: { allergies: [{ allergenId: "milk" }] }' in only("js")
    answer = await examples.ask(query[1], allergies=[{"allergenId": "milk"}])
    assert answer == {
        "data": {"setAllergies": {"allergies": [{"allergenId": "milk", "severity": "SEVERE"}]}}
    }


async def test_the_analysts_example_prints_what_it_says(
    examples: Examples, embedded_address: Address, tmp_path: Path
) -> None:
    folder = tmp_path / ".data" / "graph"
    folder.mkdir(parents=True)
    port = int(embedded_address.uri.rsplit(":", 1)[1])
    (folder / "address.json").write_text(json.dumps({"boltPort": port}))
    (folder / "password").write_text(embedded_address.password)
    ran = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", only("python")],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    said = re.search(r"it prints `([^`]+)` and two more", TEXT)
    assert said and ran.stdout.splitlines()[0] == said[1]
    assert len(ran.stdout.splitlines()) == 3
