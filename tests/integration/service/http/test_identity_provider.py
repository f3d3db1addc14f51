"""A real identity provider (npm oidc-provider): machines by client credentials, a new key."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from gql.request.policy import Role
from service.assembly import make_verifier
from service.http import published_keys
from service.http.auth import TokenRefused, Verifier
from service.settings import read_settings
from tests.servers.process import free_port
from tests.support.pages import ROOT

CLAIMS = (
    "scope:events.write=tastegraph:events,"
    "realm.roles:readers=tastegraph:analyst,"
    "scope:shop.auditors=tastegraph:auditor"
)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider, as its lock has it."""
    if not (shutil.which("node") and shutil.which("npm")):
        assert os.environ.get("CI") != "true", "CI must have node and npm"
        pytest.skip("there is no node or npm here")
    folder = tmp_path_factory.mktemp("oidc") / "provider"
    left = shutil.ignore_patterns("node_modules")
    shutil.copytree(ROOT / "tests" / "support" / "oidc", folder, ignore=left)
    command = ["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=300)
    return folder


@contextmanager
def provider(folder: Path, port: int, key_id: str) -> Iterator[None]:
    """The provider while it runs."""
    with subprocess.Popen(
        ["node", "provider.mjs"],
        cwd=folder,
        env={**os.environ, "PORT": str(port), "KEY_ID": key_id},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            assert process.stdout
            assert any("ready" in line for line in process.stdout), "the provider did not start"
            yield
        finally:
            process.terminate()


def token(port: int, client: str, scope: str = "") -> str:
    answer = httpx.post(
        f"http://127.0.0.1:{port}/token",
        data={"grant_type": "client_credentials", "scope": scope},
        auth=(client, f"{client}-secret"),
    )
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
async def verifier(port: int, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Verifier]:
    monkeypatch.setattr(published_keys, "RETRY_PAUSE", 0.0)
    issuer = f"http://127.0.0.1:{port}"
    settings = read_settings(
        {
            "TASTEGRAPH_JWKS_URL": f"{issuer}/jwks",
            "TASTEGRAPH_JWT_ISSUER": issuer,
            "TASTEGRAPH_JWT_AUDIENCE": "urn:tastegraph:api",
            "TASTEGRAPH_ROLE_CLAIMS": CLAIMS,
        }
    )
    verifier = make_verifier(settings)
    yield verifier
    await verifier.close()


async def test_machines_get_what_the_setting_gives_their_claims_and_a_new_key_is_found(
    installed: Path, port: int, verifier: Verifier
) -> None:
    with provider(installed, port, "first"):
        old = token(port, "till", "events.write")
        till = await verifier.verify(old)
        assert (till.user_id, till.collector, till.roles) == ("client:till", True, {Role.PERSON})
        reports = await verifier.verify(token(port, "reports"))
        assert reports.roles == {Role.PERSON, Role.ANALYST} and not reports.collector
        auditor = await verifier.verify(token(port, "till", "shop.auditors"))
        assert auditor.roles == {Role.AUDITOR}
        nothing = await verifier.verify(token(port, "till", "shop.analysts"))
        assert nothing.roles == {Role.PERSON}
    with provider(installed, port, "second"):
        assert (await verifier.verify(token(port, "till", "events.write"))).collector
        with pytest.raises(TokenRefused, match="does not publish"):
            await verifier.verify(old)
