"""Java programs for tests: the Java there is, and jars fetched once by Maven."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree


def java() -> str:
    """The java command: JAVA_HOME's, or the first on PATH, or "" if there is none."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin" if home else None) or ""


def scratch_options(scratch: Path) -> tuple[str, str]:
    """Return the options by which a Java leaves nothing outside this folder."""
    return f"-Djava.io.tmpdir={scratch}", "-XX:-UsePerfData"


def java_version(command: str) -> int:
    """The major version (17 for 17.0.15) of a java command, 0 if it tells none."""
    try:
        told = subprocess.run(
            [command, "-version"], capture_output=True, text=True, timeout=60, check=True
        ).stderr
    except (OSError, subprocess.SubprocessError):
        return 0
    match = re.search(r'version "(?:1\.)?(\d+)', told)
    return int(match[1]) if match else 0


def java_missing() -> str | None:
    """Why no server of Java can be started here, or None if it can."""
    command = java()
    if not command:
        return "there is no Java (17 or newer)"
    if (version := java_version(command)) < 17:
        return f"Java is version {version}, and must be 17 or newer"
    return None


def pinned_version(pom: Path, name: str) -> str:
    """The version that a pom names in a property such as neo4j.version."""
    pinned = ElementTree.parse(pom).findtext(f".//{{*}}{name}")
    if not pinned:
        raise ValueError(f"{pom} has no {name}")
    return pinned


def jars_missing(folder: Path) -> str | None:
    """Why a server of these jars cannot be started here, or None if it can."""
    if reason := java_missing():
        return reason
    if not folder.is_dir():
        return "its jars are not there: scripts/test fetches them through Maven"
    return None


def fetch_server(name: str, size: str, pom: Path, folder: Path) -> None:
    """Fetch a server's jars; say in one line, and by the exit status, if it cannot be started."""
    reason = java_missing()
    try:
        if not reason and not folder.is_dir():
            print(f"Fetching {name} ({size}, once)", flush=True)
            fetch_jars(pom, folder)
    except FileNotFoundError:
        reason = "there is no Maven"
    except subprocess.CalledProcessError:
        reason = "Maven could not fetch it"
    if reason:
        sys.exit(f"Tests on a real {name.split()[0]} are skipped: {reason}.")


def fetch_jars(pom: Path, folder: Path) -> None:
    """Put the jars that the pom names into the folder, whole or not at all.

    Raises CalledProcessError if Maven fails, and FileNotFoundError if there is no Maven.
    """
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as unfinished:
        jars = Path(unfinished) / "jars"
        subprocess.run(
            [
                *[
                    "mvn",
                    "-q",
                    "-B",
                    "-Dstyle.color=never",
                    "-f",
                    str(pom),
                    "dependency:copy-dependencies",
                ],
                *["-DincludeScope=runtime", f"-DoutputDirectory={jars}"],
            ],
            stdin=subprocess.DEVNULL,
            check=True,
        )
        try:
            jars.rename(folder)
        except OSError:
            if not folder.is_dir():  # else another run was faster
                raise
