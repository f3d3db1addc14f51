"""The same connection as a Java client is told of it, such as the one in Flink."""

from __future__ import annotations

from connectors.kafka.address import KafkaAddress
from events.log import LogUnavailable

_PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


def java_client(address: KafkaAddress, shaded: str = "") -> dict[str, str]:
    """Return the properties of a Java client; `shaded` comes before the names of Kafka's classes.

    The authority is in them as text: its file is not where the other program runs. Raises
    LogUnavailable for a certificate of our own, which would have to be there.
    """
    if address.certificate:
        raise LogUnavailable(
            "Flink signs in to Kafka by a user and a password, not by KAFKA_SSL_CERTIFICATE.",
            "Set KAFKA_SECURITY_PROTOCOL to SASL_SSL, with a user for Flink.",
        )
    properties = {"bootstrap.servers": address.bootstrap_servers}
    if address.security_protocol != "PLAINTEXT":
        properties["security.protocol"] = address.security_protocol
    if address.ca:
        properties["ssl.truststore.type"] = "PEM"
        properties["ssl.truststore.certificates"] = address.ca.read_text(encoding="ascii")
    if address.sasl_mechanism:
        properties["sasl.mechanism"] = address.sasl_mechanism
        properties["sasl.jaas.config"] = _login(address, shaded)
    return properties


def _login(address: KafkaAddress, shaded: str) -> str:
    """Return who signs in, as Java's JAAS writes it."""
    module = _PLAIN if address.sasl_mechanism == "PLAIN" else _SCRAM
    said = {"username": address.sasl_username, "password": address.sasl_password}
    options = " ".join(f'{name}="{_escaped(value)}"' for name, value in said.items())
    return f"{shaded}{module} required {options};"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
