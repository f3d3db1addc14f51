"""The bill of materials is valid, the same each time, and has everything that is locked."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from scripts.licences import LOCKS, locked
from scripts.sbom import ROOT, bill, engine_jars

VALIDATOR = JsonStrictValidator(SchemaVersion.V1_6)


@cache
def text() -> str:
    return bill()


def parts(kind: str) -> list[dict[str, Any]]:
    """The components of one kind of package."""
    components = json.loads(text())["components"]
    return [each for each in components if each["purl"].startswith(f"pkg:{kind}/")]


def test_it_is_valid_by_its_schema() -> None:
    assert VALIDATOR.validate_str(text()) is None
    document = json.loads(text())
    document["components"][0]["scope"] = "needed"
    assert VALIDATOR.validate_str(json.dumps(document)) is not None


def test_the_same_locks_make_the_same_file() -> None:
    assert bill() == text()


def test_every_locked_package_is_there_with_its_digests() -> None:
    pins = set[tuple[str, str]]().union(*map(locked, LOCKS))
    assert {(each["name"], each["version"]) for each in parts("pypi")} == pins
    lock = (ROOT / "requirements" / "all.lock").read_text(encoding="utf-8")
    digests = {each["content"] for part in parts("pypi") for each in part["hashes"]}
    assert set(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock)) <= digests
    assert all(part["hashes"] for part in parts("pypi"))


def test_what_serves_or_trains_is_required_and_no_more() -> None:
    required = {each["name"] for each in parts("pypi") if each["scope"] == "required"}
    assert required == {name for lock in ("serve", "train") for name, _ in locked(lock)}


def test_every_file_of_java_is_told_of() -> None:
    told = parts("maven") + parts("generic")
    assert len(engine_jars()) > 30
    for jar in engine_jars():
        stem = jar.stem
        assert any(stem.startswith(each["name"]) for each in told), stem
    assert {"arcadedb-engine", "flink-sql-connector-kafka"} <= {each["name"] for each in told}
    assert all(each["version"] for each in parts("maven"))


def test_every_package_of_the_locks_of_npm_is_there() -> None:
    named = {
        (path.rpartition("node_modules/")[2], entry["version"])
        for folder in ("clients/typescript", "tests/support/oidc")
        for path, entry in json.loads((ROOT / folder / "package-lock.json").read_text())[
            "packages"
        ].items()
        if path
    }
    assert {
        ("/".join(filter(None, (each.get("group"), each["name"]))), each["version"])
        for each in parts("npm")
    } == named
