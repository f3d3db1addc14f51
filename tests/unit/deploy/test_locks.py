"""requirements/*.lock agree with pyproject.toml and with each other."""

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.pages import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
WANTED: dict[str, list[str]] = {
    "serve": PROJECT["dependencies"],
    "train": [*PROJECT["dependencies"], *EXTRAS["train"]],
    "all": [*PROJECT["dependencies"], *(line for lines in EXTRAS.values() for line in lines)],
}


def text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.lock").read_text()


def pins(lock: str) -> set[tuple[str, str]]:
    return set(re.findall(r"^([a-z0-9.-]+)==([^\s;\\]+)", text(lock), re.MULTILINE))


@pytest.mark.parametrize("lock", WANTED)
def test_lock_satisfies_the_project(lock: str) -> None:
    for wanted in map(Requirement, WANTED[lock]):
        versions = [
            version for name, version in pins(lock) if name == canonicalize_name(wanted.name)
        ]
        assert versions, f"{wanted} is not in {lock}.lock: run scripts/lock"
        assert all(wanted.specifier.contains(version) for version in versions), wanted


def test_smaller_locks_are_parts_of_larger_ones() -> None:
    assert pins("serve") < pins("train") < pins("all")
    assert {pin for pin in pins("bootstrap") if pin[0] != "uv"} < pins("all")


def test_serving_has_no_torch() -> None:
    heavy = ("torch", "triton", "nvidia", "cuda")
    assert [name for name, _ in pins("serve") if name.startswith(heavy)] == []
    assert "torch" in {name for name, _ in pins("train")}


@pytest.mark.parametrize("lock", ["bootstrap", *WANTED])
def test_every_pin_has_hashes_and_no_address(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", text(lock).strip())
    assert len(entries) >= len(pins(lock)) > 1
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text(lock)


def test_every_package_of_the_project_is_installed_with_it() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    named = set(settings["packages"])
    tops = {name for name in named if "." not in name}
    packages = {
        ".".join(init.parent.relative_to(ROOT).parts)
        for top in tops
        for init in (ROOT / top).rglob("__init__.py")
    }
    assert packages <= named
