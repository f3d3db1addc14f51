"""How a Java client is told of the connection, with what must not break out of its quotes."""

from __future__ import annotations

from pathlib import Path

from connectors.kafka.address import KafkaAddress
from connectors.kafka.java import java_client


def test_a_plain_connection_is_its_brokers_alone() -> None:
    assert java_client(KafkaAddress("a:1,b:2")) == {"bootstrap.servers": "a:1,b:2"}


def test_a_password_stays_in_its_quotes_and_the_authority_goes_as_text(tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    authority.write_text("PEM")
    address = KafkaAddress(
        "a:1",
        security_protocol="SASL_SSL",
        sasl_mechanism="PLAIN",
        sasl_username="flink",
        sasl_password='"; x="\\',
        ca=authority,
    )
    told = java_client(address, "shaded.")
    assert told["ssl.truststore.certificates"] == "PEM"
    assert told["sasl.jaas.config"] == (
        "shaded.org.apache.kafka.common.security.plain.PlainLoginModule required "
        'username="flink" password="\\"; x=\\"\\\\";'
    )
