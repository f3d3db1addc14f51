"""What can be checked without the graph: settings, versions, folder, space, keys, port."""

from __future__ import annotations

import errno
import http.client
import os
import re
import shutil
import socket
import stat
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from graph.counting import counted
from service.doctor.finding import Finding, problem, warning, well
from service.settings import SETTINGS, SettingInvalid, Settings, read_settings

OLDEST_PYTHON = (3, 11)
SHOWN = ("tastegraph", "neo4j", "arcadedb-embedded", "numpy", "strawberry-graphql", "torch")
ANSWER_SECONDS = 3.0
FEW_BYTES, TOO_FEW_BYTES = 1_000_000_000, 100_000_000
_OURS = re.compile(r"TASTEGRAPH_\w+|NEO4J_(?:URI|USER|PASSWORD|DATABASE)\w*")
_NEEDED = re.compile(r"^([A-Za-z0-9._-]+)(?!.*\bextra\b)")


def check_settings(environment: Mapping[str, str]) -> tuple[Finding, Settings | None]:
    """Check the settings; return them too if they can be used."""
    try:
        settings = read_settings(environment)
    except SettingInvalid as error:
        return problem("settings", error.message, error.advice or "See docs/settings.md."), None
    known = {setting.name for setting in SETTINGS} | {
        f"{setting.name}_FILE" for setting in SETTINGS if setting.secret
    }
    strange = sorted(name for name in environment if _OURS.fullmatch(name) and name not in known)
    if strange:
        advice = "Look for a typo; docs/settings.md lists them all."
        return warning("settings", f"Nothing reads {', '.join(strange)}.", advice), settings
    given = sorted(name for name in known if environment.get(name))
    return well("settings", f"Read. Set: {', '.join(given) or 'none'}."), settings


def check_python() -> Finding:
    """Check that this Python is new enough."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < OLDEST_PYTHON:
        return problem("python", f"Python {version} is too old.", "Use Python 3.11 or newer.")
    return well("python", f"Python {version}.")


def check_packages() -> Finding:
    """Check that every package the service needs is installed."""
    try:
        needed = [
            _NEEDED.match(requirement) for requirement in metadata.requires("tastegraph") or ()
        ]
    except metadata.PackageNotFoundError:
        return warning("packages", "Tastegraph is not installed here.", "Run scripts/setup.")
    missing = [match[1] for match in needed if match and _version(match[1]) is None]
    if missing:
        return problem("packages", f"Missing: {', '.join(missing)}.", "Run scripts/setup.")
    versions = {name: _version(name) for name in SHOWN}
    message = ", ".join(f"{name} {version}" for name, version in versions.items() if version)
    if versions["torch"] is None:
        return well(
            "packages", f"{message}; without torch this installation serves, but cannot train."
        )
    return well("packages", f"{message}.")


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def check_home(settings: Settings) -> Finding:
    """Check that the home folder can be used, and has space left."""
    there = next(parent for parent in (settings.home, *settings.home.parents) if parent.exists())
    if not there.is_dir() or not os.access(there, os.R_OK | os.W_OK | os.X_OK):
        advice = "Check the permissions, or set TASTEGRAPH_HOME to another folder."
        return problem("home", f"{settings.home} cannot be used.", advice)
    free = shutil.disk_usage(there).free
    message = f"{settings.home}{'' if there == settings.home else ' (not created yet)'}, "
    message += f"{free / 1e9:.1f} GB free."
    if free < TOO_FEW_BYTES:
        return problem("home", message, "Make room: the graph could not be written soon.")
    if free < FEW_BYTES:
        return warning("home", message, "Make room before the next import or training.")
    return well("home", message)


def check_tokens(settings: Settings) -> Finding:
    """Check that tokens can be verified: by a provider's keys, or by our own."""
    if settings.jwks_url:
        return _check_published(settings.jwks_url)
    path = settings.home / "keys" / "token.key"
    if not path.exists():
        return well("tokens", "No key of our own yet: the first token or start makes it.")
    try:
        mode, size = path.stat().st_mode, len(path.read_text(encoding="utf-8").strip())
    except OSError as error:
        return problem(
            "tokens", f"{path} cannot be read: {error.strerror}.", "Check its permissions."
        )
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        advice = f"Anyone who reads it can act as anybody: chmod 600 {path}"
        return problem("tokens", f"Others can read {path}.", advice)
    if size < 32:
        advice = "Remove it: the next start makes a new key, and old tokens stop working."
        return problem("tokens", f"The key in {path} is too short.", advice)
    return well("tokens", "Signed with this installation's own key, which only its owner can read.")


def _check_published(url: str) -> Finding:
    import jwt

    try:
        keys = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=5).get_jwk_set(refresh=True).keys
    except (jwt.PyJWTError, ValueError, OSError) as error:
        advice = "Check TASTEGRAPH_JWKS_URL, and that this machine can reach it."
        return problem("tokens", f"No keys from {url}: {error}.", advice)
    return well("tokens", f"{counted(len(keys), 'key')} from {url}.")


def check_port(settings: Settings) -> Finding:
    """Check that the server's port is free, or that a Tastegraph already has it."""
    host, port = settings.host, settings.port
    if port == 0:
        return well("port", "PORT is 0: a free port will be chosen.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and _answers(host, port):
            return well("port", f"A Tastegraph answers on {host}, port {port}.")
        advice = "Set PORT (or HOST) to another value, or stop whatever is using it."
        return problem("port", f"{host}, port {port}: {error.strerror or error}.", advice)
    return well("port", f"{host}, port {port} is free.")


def _answers(host: str, port: int) -> bool:
    """Return whether a server of ours listens there."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound
    connection = http.client.HTTPConnection(near, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().read() == b"ok\n"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def size_of(folder: Path) -> int:
    """The size of all files below a folder, in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
