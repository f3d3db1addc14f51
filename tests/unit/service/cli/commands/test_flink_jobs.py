"""The commands of Flink's jobs, where Flink or Kafka is not there or is something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.service.commands import in_process
from tests.servers.process import free_port
from tests.support.receiver import receiving


def failed(home: Path, *arguments: str, **settings: str) -> str:
    done = in_process(home, "stream", "windows", *arguments, **settings)
    assert done.returncode == 1 and done.stdout == ""
    return done.stderr


def test_without_kafka_nothing_is_submitted(tmp_path: Path) -> None:
    for command in ("submit", "jobs"):
        assert "KAFKA_BOOTSTRAP_SERVERS is not set" in failed(tmp_path, command)


def test_a_gateway_that_is_away_is_named_with_what_to_do(tmp_path: Path) -> None:
    kafka, away = "127.0.0.1:9", f"http://127.0.0.1:{free_port()}"
    said = failed(tmp_path, "jobs", KAFKA_BOOTSTRAP_SERVERS=kafka, FLINK_SQL_GATEWAY=away)
    assert f"{away}/v1 does not answer" in said and "--gateway" in said
    said = failed(tmp_path, "jobs", "--gateway", "flink:8083", KAFKA_BOOTSTRAP_SERVERS=kafka)
    assert "flink:8083" in said and "--gateway" in said


@pytest.mark.parametrize("status", [200, 404])
def test_what_is_no_gateway_is_named(tmp_path: Path, status: int) -> None:
    with receiving() as received:
        received.answers.append(status)
        other = f"http://127.0.0.1:{received.port}"
        said = failed(tmp_path, "jobs", f"--gateway={other}", KAFKA_BOOTSTRAP_SERVERS="127.0.0.1:9")
    assert "Error: " in said and other in said


def test_flink_must_sign_in_by_password(tmp_path: Path) -> None:
    file = tmp_path / "client.pem"
    file.write_text("a certificate")
    settings = {
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "KAFKA_SECURITY_PROTOCOL": "SSL",
        "KAFKA_SSL_CERTIFICATE": str(file),
        "KAFKA_SSL_KEY": str(file),
    }
    assert "not by KAFKA_SSL_CERTIFICATE" in failed(tmp_path, "submit", **settings)


def test_an_address_with_a_path_is_refused(tmp_path: Path) -> None:
    said = failed(tmp_path, "jobs", FLINK_SQL_GATEWAY="http://flink:8083/v1")
    assert "FLINK_SQL_GATEWAY is" in said
