"""Bolt by TLS to a real Neo4j whose certificate an authority of one's own has signed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.integration.service.commands import tastegraph
from tests.servers.neo4j import Neo4jServer, neo4j_available

POLICY = """
server.bolt.tls_level=REQUIRED
dbms.ssl.policy.bolt.enabled=true
dbms.ssl.policy.bolt.base_directory={folder}
dbms.ssl.policy.bolt.private_key=private.key
dbms.ssl.policy.bolt.public_certificate=public.crt
dbms.ssl.policy.bolt.client_auth=NONE
"""


class TlsServer(Neo4jServer):
    """A Neo4j that takes nothing but TLS; `authority` is who signed its certificate."""

    def _configure(self) -> None:
        super()._configure()
        folder = self._folder / "bolt"
        folder.mkdir()
        self.authority = folder / "public.crt"
        make_certificate(self.authority, folder / "private.key")
        with (self._folder / "conf" / "neo4j.conf").open("a") as conf:
            conf.write(POLICY.format(folder=folder))

    @property
    def uri(self) -> str:
        return f"bolt+ssc://127.0.0.1:{self.port}"


def make_certificate(certificate: Path, key: Path) -> None:
    """Write a certificate for loopback that is its own authority."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Neo4j of a test")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def test_only_the_named_authority_is_trusted_for_neo4j(tmp_path: Path) -> None:
    if missing := neo4j_available():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must run on a real Neo4j, but: {missing}")
        pytest.skip(missing)
    with TlsServer(tmp_path / "neo4j") as server:

        def doctor(scheme: str, **settings: str) -> str:
            uri = f"{scheme}://127.0.0.1:{server.port}"
            said = {"NEO4J_URI": uri, "NEO4J_PASSWORD": server.password, **settings}
            ended = tastegraph(tmp_path / "home", "doctor", **said)
            return ended.stdout + ended.stderr

        trusted = {"SSL_CERT_FILE": str(server.authority)}
        assert "cannot be reached" not in doctor("bolt+s", **trusted)
        assert "cannot be reached" in doctor("bolt+s")
        assert "cannot be reached" in doctor("bolt", **trusted)
