"""Java programs for tests: the Java there is, and jars fetched once by Maven."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path


def java() -> str:
    """The java command: JAVA_HOME's, or the first on PATH, or "" if there is none."""
    home = os.environ.get("JAVA_HOME")
    return shutil.which("java", path=f"{home}/bin" if home else None) or ""


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
