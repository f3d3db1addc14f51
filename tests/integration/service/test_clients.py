"""The example clients, against a running server: made from the schema, compiled, run."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.service.commands import Served
from tests.support.pages import ROOT

LINE = re.compile(r"^(\d)\. .+: SAFE \(milk ABSENT\)$")


def run(*command: str, where: Path, **settings: str) -> str:
    done = subprocess.run(
        command,
        cwd=where,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def check(said: str) -> None:
    """Six drinks on two pages, numbered through, each safe for somebody allergic to milk."""
    ranks = [match[1] for line in said.splitlines() if (match := LINE.match(line))]
    assert ranks == ["1", "2", "3", "4", "5", "6"], said


def test_the_python_client_reads_two_pages(served: Served, tmp_path: Path) -> None:
    client = ROOT / "clients" / "python" / "tastegraph_client.py"
    token = served.token("a-python-client")
    url = f"{served.base}/graphql"
    check(run(sys.executable, str(client), where=tmp_path, URL=url, TOKEN=token))


def test_the_typescript_client_is_made_from_the_schema_assigns_alike_and_reads_two_pages(
    served: Served, tmp_path: Path
) -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        assert os.environ.get("CI") != "true", "CI must have node and npm"
        pytest.skip("there is no node or npm here")
    client = tmp_path / "clients" / "typescript"
    kept = shutil.ignore_patterns("node_modules", "build", "operations.ts")
    shutil.copytree(ROOT / "clients" / "typescript", client, ignore=kept)
    (tmp_path / "gql").mkdir()
    shutil.copy(ROOT / "gql" / "schema.graphql", tmp_path / "gql")
    run("npm", "ci", "--no-audit", "--no-fund", "--prefer-offline", where=client)
    run("npm", "run", "build", where=client)
    vectors = ROOT / "learning" / "assignment" / "vectors.json"
    checked = run("node", "build/check.js", str(vectors), where=client)
    assert re.fullmatch(r"\d\d+ examples are as the server has them", checked.strip())
    token = served.token("a-typescript-client")
    url = f"{served.base}/graphql"
    check(run("node", "build/main.js", where=client, URL=url, TOKEN=token))
