"""docker-compose.yml and the Dockerfile: healthy, without default passwords, root or torch."""

import re
from typing import Any

import pytest
import yaml

from service.settings import read_settings
from streams.features import features
from streams.flink.jobs import jobs_of
from tests.servers import flink
from tests.servers.kafka import version
from tests.servers.maven import pinned_version
from tests.support.pages import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
FLINK = ("flink-jobmanager", "flink-taskmanager", "flink-gateway")
DOCKERFILE = (ROOT / "Dockerfile").read_text()
STAGES = dict(re.findall(r"^FROM \S+ AS (\S+)\n(.*?)(?=^FROM |\Z)", DOCKERFILE, re.M | re.S))


def test_has_neo4j_and_the_api_and_as_profiles_training_and_streams() -> None:
    profiles = {name: service.get("profiles", []) for name, service in SERVICES.items()}
    assert profiles == {
        "neo4j": [],
        "tastegraph": [],
        "retrain": ["training"],
        "kafka": ["streams"],
        "consumer": ["streams"],
        **{name: ["streams"] for name in FLINK},
    }
    assert SERVICES["retrain"]["command"] == ["retrain"]
    assert SERVICES["consumer"]["command"] == ["stream", "run"]


def test_kafka_is_that_of_the_tests_and_only_services_that_need_it_reach_it() -> None:
    kafka = SERVICES["kafka"]
    assert kafka["image"] == f"apache/kafka:{version()}"
    assert "ports" not in kafka
    assert kafka["networks"] == ["streams"]
    assert COMPOSE["networks"]["streams"] == {"internal": True}
    near = {name for name, service in SERVICES.items() if "streams" in service.get("networks", [])}
    assert near == {"kafka", "tastegraph", "consumer", *FLINK}
    assert SERVICES["consumer"]["environment"]["KAFKA_BOOTSTRAP_SERVERS"] == "kafka:9092"
    assert SERVICES["consumer"]["depends_on"]["kafka"]["condition"] == "service_healthy"


def test_flink_is_that_of_the_tests_and_is_reached_from_within_alone() -> None:
    image = (ROOT / "deploy" / "flink" / "Dockerfile").read_text()
    assert f"FROM flink:{flink.version()}-scala_2.12-java17\n" in image
    pom = ROOT / "deploy" / "flink" / "pom.xml"
    assert pinned_version(pom, "connector.version") == flink.connector_version()
    for name in FLINK:
        service = SERVICES[name]
        assert "ports" not in service
        assert service["networks"] == ["streams"]
        assert service["cap_drop"] == ["ALL"]
    address = SERVICES["consumer"]["environment"]["FLINK_SQL_GATEWAY"]
    assert (
        address
        == "http://flink-gateway:8083"
        == read_settings({"FLINK_SQL_GATEWAY": address}).flink_gateway
    )


def test_flink_has_what_its_jobs_need() -> None:
    text = SERVICES["flink-taskmanager"]["environment"]["FLINK_PROPERTIES"]
    said = dict(line.split(": ", 1) for line in text.splitlines())
    slots = int(said["taskmanager.numberOfTaskSlots"])
    assert slots >= len(jobs_of(features())) * int(said["parallelism.default"])
    assert said["execution.checkpointing.interval"]
    checkpoints = said["execution.checkpointing.dir"].removeprefix("file://")
    assert SERVICES["flink-taskmanager"]["volumes"] == [f"flink:{checkpoints}"]
    assert SERVICES["flink-jobmanager"]["volumes"] == SERVICES["flink-taskmanager"]["volumes"]


@pytest.mark.parametrize("name", ["neo4j", "tastegraph", "kafka", "consumer", *FLINK])
def test_servers_have_health_checks_without_secrets(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert "password" not in " ".join(check["test"]).lower()


@pytest.mark.parametrize("name", ["tastegraph", "retrain", "consumer"])
def test_api_and_training_wait_for_a_healthy_neo4j(name: str) -> None:
    assert SERVICES[name]["depends_on"]["neo4j"]["condition"] == "service_healthy"


def test_health_checks_ask_healthz() -> None:
    assert "/healthz" in SERVICES["tastegraph"]["healthcheck"]["test"][-1]
    assert "HEALTHCHECK" in STAGES["serve"]
    assert "/healthz" in STAGES["serve"]


def test_passwords_come_from_files_that_git_does_not_have() -> None:
    for service in SERVICES.values():
        passwords = {k: v for k, v in service["environment"].items() if re.search("AUTH|PASS", k)}
        assert passwords or service in [SERVICES[name] for name in ("kafka", *FLINK)]
        for name, value in passwords.items():
            assert name.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in service["secrets"]
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./deploy/secrets/")
    assert (ROOT / "deploy" / "secrets" / ".gitignore").read_text() == "*\n!.gitignore\n"


def test_ports_are_published_on_loopback_only() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("service", ["tastegraph", "retrain", "consumer"])
def test_containers_are_locked_down(service: str) -> None:
    assert SERVICES[service]["read_only"] is True
    assert SERVICES[service]["cap_drop"] == ["ALL"]


def test_images_run_as_a_user_that_is_not_root() -> None:
    users = re.findall(r"^USER (\S+)", STAGES["run"], re.M)
    assert users == ["10001"]
    for target in ("serve", "train"):
        assert f"FROM run AS {target}\n" in DOCKERFILE
        assert "USER" not in STAGES[target]


def test_serving_image_has_the_serving_lock() -> None:
    assert "requirements/serve.lock" in STAGES["build-serve"]
    assert "train.lock" not in STAGES["build-serve"]
    assert "--from=build-serve" in STAGES["serve"]
    assert SERVICES["tastegraph"]["build"]["target"] == "serve"


def test_nothing_but_the_named_files_enters_an_image() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert next(line for line in lines if line and not line.startswith("#")) == "*"
    assert not any("deploy" in line or ".data" in line for line in lines)
    packages = {f"!{face.parent.name}" for face in ROOT.glob("*/__init__.py")}
    assert packages - {"!tests", "!benchmarks"} <= set(lines), "a room is not in the images"
