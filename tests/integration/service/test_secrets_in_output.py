"""No secret is in what the service writes, however it fails: canaries are looked for in it."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest

from graph.connection import Address
from service.http.service import Service
from service.settings import SETTINGS, read_settings
from tests.integration.service.commands import Served, in_process, tastegraph

CANARY = "canary-0123456789-"
SECRETS = {
    "NEO4J_PASSWORD": f"{CANARY}neo4j",
    "KAFKA_SASL_PASSWORD": f"{CANARY}kafka",
    "TASTEGRAPH_MASTER_KEY": f"{CANARY}master",
    "TASTEGRAPH_WRITE_KEYS": f"{CANARY}key-1,{CANARY}key-2",
}
NAMES_OF_USERS = {"NEO4J_USER", "KAFKA_SASL_USERNAME"}
"""May be files, and are no secrets: an operator is told who was refused."""
KAFKA = {
    "KAFKA_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    "KAFKA_SASL_MECHANISM": "PLAIN",
    "KAFKA_SASL_USERNAME": "tastegraph",
}


@pytest.fixture(scope="module")
def closed() -> str:
    """A port of this machine at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def written(folder: Path) -> str:
    """Everything in the files below a folder, names too."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return "".join(f"{file}\n{file.read_bytes().decode('latin-1')}\n" for file in files)


def test_every_secret_setting_has_a_canary() -> None:
    secret = {setting.name for setting in SETTINGS if setting.secret}
    assert secret == (SECRETS.keys() | NAMES_OF_USERS) - {"TASTEGRAPH_WRITE_KEYS"}


def test_settings_show_no_secret_as_a_crash_report_would_show_them(closed: str) -> None:
    settings = read_settings(
        {**SECRETS, **KAFKA, "KAFKA_BOOTSTRAP_SERVERS": closed, "NEO4J_URI": f"bolt://{closed}"}
    )
    assert settings.neo4j and settings.kafka and settings.write_keys
    for shown in (settings, settings.neo4j, settings.kafka):
        assert CANARY not in f"{shown!r} {shown}"
    assert "write_keys" not in {each.name for each in fields(Service) if each.repr}


@pytest.mark.parametrize(
    "wrong",
    [
        {"NEO4J_URI": "nonsense"},
        {"KAFKA_BOOTSTRAP_SERVERS": "nonsense"},
        {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "KAFKA_SECURITY_PROTOCOL": "PLAINTEXT"},
        {"KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "KAFKA_SASL_MECHANISM": ""},
        {"TASTEGRAPH_WRITE_KEYS": f"{CANARY}!"},
        {"PORT": "nonsense"},
    ],
    ids=lambda wrong: " ".join(wrong),
)
def test_settings_that_cannot_be_used_are_named_without_secrets(
    tmp_path: Path, wrong: dict[str, str]
) -> None:
    settings = {**SECRETS, **KAFKA, **wrong}
    for command in ("serve", "doctor"):
        ended = in_process(tmp_path / "home", command, **settings)
        assert ended.returncode != 0
        assert CANARY not in ended.stdout + ended.stderr + written(tmp_path)


def test_a_wrong_password_is_in_no_output(address: Address, tmp_path: Path) -> None:
    settings = {**SECRETS, "NEO4J_URI": address.uri, "NEO4J_DATABASE": address.database}
    for command in (["serve"], ["doctor"], ["models", "list"]):
        ended = tastegraph(tmp_path / "home", *command, **settings)
        assert ended.returncode != 0 and "NEO4J_PASSWORD" in ended.stdout + ended.stderr
        assert CANARY not in ended.stdout + ended.stderr + written(tmp_path)


def test_servers_that_are_away_are_named_without_secrets(tmp_path: Path, closed: str) -> None:
    away = {"NEO4J_URI": f"bolt://{closed}", "TASTEGRAPH_DEADLINE": "1"}
    no_kafka = {**KAFKA, "KAFKA_BOOTSTRAP_SERVERS": closed}
    for command, settings in (
        (["serve"], away),
        (["doctor"], {**away, **no_kafka}),
        (["stream", "status"], {**away, **no_kafka}),
    ):
        ended = tastegraph(tmp_path / "home", *command, **SECRETS, **settings)
        assert ended.returncode != 0 and ended.stdout + ended.stderr
        assert CANARY not in ended.stdout + ended.stderr + written(tmp_path)


def test_tokens_and_keys_are_in_no_log_whatever_fails(tmp_path: Path, closed: str) -> None:
    key = SECRETS["TASTEGRAPH_WRITE_KEYS"].split(",")[0]
    provider = {"TASTEGRAPH_JWKS_URL": f"http://{closed}/keys", "TASTEGRAPH_JWT_AUDIENCE": "drinks"}
    home = tmp_path / "home"
    with Served(home, "--empty", TASTEGRAPH_WRITE_KEYS=SECRETS["TASTEGRAPH_WRITE_KEYS"]) as served:
        served.ready(240)
        own = served.token("anna")
        asked: dict[str, Any] = {"query": "{ me { ... on Me { id } } }"}
        for token in (own, own[:-4], f"{CANARY}token"):
            served.post(asked["query"], token)
        with httpx.Client(base_url=served.base, timeout=30) as client:
            client.post("/v1/events", headers={"Authorization": f"Bearer {key}"}, content=b"{")
            client.post("/v1/events", json={"writeKey": key, "events": [{"type": CANARY}]})
            client.get("/v1/recommendations", params={"first": CANARY})
        _crash(served, own)
        said = served.said()
    assert CANARY not in said and own not in said
    with Served(home, "--empty", **provider) as served:
        served.ready(240)
        served.post(asked["query"], f"{CANARY}token")
        served.post(asked["query"], own)
        said = served.said()
    assert CANARY not in said and own not in said


def _crash(served: Served, token: str) -> None:
    """Take the graph away under requests, so that resolvers fail."""
    os.kill(served.engine_pid(), signal.SIGKILL)
    for _ in range(5):
        served.post("{ recommendations(first: 3) { __typename } }", token)
        time.sleep(0.1)
    served.wait_for("graph", 30)
    assert re.search("graph", served.said())
