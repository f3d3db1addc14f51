"""Write a software bill of materials (CycloneDX 1.6, JSON) of everything that is locked.

Python packages from requirements/*.lock with the digests of their files, the Java parts inside the
embedded engine's package, the connector in Flink's image, and the TypeScript client's tools. The
same locks make the same file: `.venv/bin/python scripts/sbom.py sbom.cdx.json`; `-` prints it.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tomllib
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import distribution
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

ROOT = Path(__file__).parents[1]
LOCKS = {"serve": "serving", "train": "training", "all": "development", "bootstrap": "set-up"}
ENGINE = "arcadedb-embedded"
NAMESPACE = uuid.UUID("8c1f1d1e-8d0b-5d57-9d1c-0d6f6c1f7a10")
_PIN = re.compile(r"^([a-z0-9.-]+)==([^\s;\\]+)((?:[^\n]*\\\n)*[^\n]*)", re.MULTILINE)
_MAVEN = "{http://maven.apache.org/POM/4.0.0}"


def component(purl: PackageURL, used_for: str, hashes: list[HashType] | None = None) -> Component:
    """Return a part by its package URL; what serves or trains is required, all else is not."""
    required = used_for in ("serving", "training")
    return Component(
        name=purl.name,
        group=purl.namespace,
        version=purl.version,
        purl=purl,
        bom_ref=str(purl),
        type=ComponentType.LIBRARY,
        scope=ComponentScope.REQUIRED if required else ComponentScope.EXCLUDED,
        hashes=hashes or (),
        properties=[Property(name="tastegraph:used-for", value=used_for)],
    )


def python_packages() -> Iterator[Component]:
    """Yield each locked package once, with the digests of the files that may be installed."""
    seen = set[tuple[str, str]]()
    for lock, used_for in LOCKS.items():
        text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
        for name, version, rest in _PIN.findall(text):
            if (name, version) not in seen:
                seen.add((name, version))
                digests = re.findall(r"--hash=sha256:([0-9a-f]{64})", rest)
                hashes = [HashType(alg=HashAlgorithm.SHA_256, content=each) for each in digests]
                yield component(PackageURL("pypi", None, name, version), used_for, hashes)


def engine_parts() -> Iterator[Component]:
    """Yield the Java parts of the embedded engine, each as it names itself, or by its file."""
    seen = set[PackageURL]()
    for jar in engine_jars():
        told = list(_told_by(jar))
        if not any(jar.stem.startswith(purl.name) for purl in told):
            told.append(_named_by(jar))  # it may name others that are packed into it alone
        for purl in told:
            if purl not in seen:
                seen.add(purl)
                yield component(purl, "serving")


def engine_jars() -> list[Path]:
    """Return the files of Java in the embedded engine's package."""
    files = distribution(ENGINE).files or []
    return sorted(Path(str(file.locate())) for file in files if file.suffix == ".jar")


def _told_by(jar: Path) -> Iterator[PackageURL]:
    with zipfile.ZipFile(jar) as packed:
        for name in sorted(packed.namelist()):
            if re.fullmatch(r"META-INF/maven/.+/pom\.properties", name):
                lines = packed.read(name).decode("utf-8", "replace").splitlines()
                said = dict(line.split("=", 1) for line in lines if "=" in line)
                yield PackageURL("maven", said["groupId"], said["artifactId"], said["version"])


def _named_by(jar: Path) -> PackageURL:
    named = re.fullmatch(r"(.+?)-(\d[\w.-]*)", jar.stem)
    return PackageURL("generic", None, named[1] if named else jar.stem, named[2] if named else None)


def flink_parts() -> Iterator[Component]:
    """Yield what the pom adds to Flink's image."""
    pom = ElementTree.parse(ROOT / "deploy" / "flink" / "pom.xml").getroot()  # noqa: S314 - ours
    for part in pom.iter(f"{_MAVEN}dependency"):
        group, artifact, version = (
            part.findtext(f"{_MAVEN}{name}", "") for name in ("groupId", "artifactId", "version")
        )
        if version.startswith("${"):
            version = pom.findtext(f"{_MAVEN}properties/{_MAVEN}{version[2:-1]}", "")
        yield component(PackageURL("maven", group, artifact, version), "serving")


NPM_FOLDERS = ("clients/typescript", "tests/support/oidc")


def npm_packages() -> Iterator[Component]:
    """Yield the packages of the TypeScript client's lock, and of a test's; all are tools."""
    seen = set[str]()
    locks = [ROOT / folder / "package-lock.json" for folder in NPM_FOLDERS]
    packages = [json.loads(lock.read_text())["packages"].items() for lock in locks]
    for path, entry in chain.from_iterable(packages):
        whole = path.rpartition("node_modules/")[2]
        if not whole or f"{whole}@{entry['version']}" in seen:
            continue
        seen.add(f"{whole}@{entry['version']}")
        group, _, name = whole.rpartition("/")
        purl = PackageURL("npm", group or None, name, entry["version"])
        yield component(purl, "development", [_integrity(entry["integrity"])])


def _integrity(said: str) -> HashType:
    algorithm, digest = said.split("-", 1)
    names = {"sha512": HashAlgorithm.SHA_512, "sha1": HashAlgorithm.SHA_1}
    return HashType(alg=names[algorithm], content=base64.b64decode(digest).hex())


def bill() -> str:
    """Return the bill as JSON; its serial number is made of its content, its time is none's."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = [*python_packages(), *engine_parts(), *flink_parts(), *npm_packages()]
    content = "\n".join(sorted(str(part.purl) for part in parts))
    bom = Bom(components=parts, serial_number=uuid.uuid5(NAMESPACE, content))
    bom.metadata.timestamp = datetime(1970, 1, 1, tzinfo=UTC)
    bom.metadata.component = Component(
        name=project["name"],
        version=project["version"],
        type=ComponentType.APPLICATION,
        bom_ref=f"pkg:pypi/{project['name']}@{project['version']}",
    )
    bom.register_dependency(bom.metadata.component, parts)
    return JsonV1Dot6(bom).output_as_string(indent=2) + "\n"


def main() -> None:
    """Write the bill where the argument says."""
    if len(sys.argv) != 2:
        sys.exit("usage: scripts/sbom.py FILE, or - to print it")
    if sys.argv[1] == "-":
        sys.stdout.write(bill())
    else:
        Path(sys.argv[1]).write_text(bill(), encoding="utf-8")


if __name__ == "__main__":
    main()
