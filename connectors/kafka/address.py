"""Where a Kafka is, and how a client of it is set: loads no library."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SASL_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")


@dataclass(frozen=True)
class KafkaAddress:
    """A cluster, the topic of the events there, and who this is; names as in Kafka's settings."""

    bootstrap_servers: str
    topic: str = "tastegraph.events"
    group: str = "tastegraph"
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = ""
    sasl_username: str = ""
    sasl_password: str = field(default="", repr=False)
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def client(self, **settings: Any) -> dict[str, Any]:
        """Return the settings of a client, with more of them, named with _ for each dot."""
        files = {"ca": self.ca, "certificate": self.certificate, "key": self.key}
        secured = {
            "security.protocol": self.security_protocol,
            "sasl.mechanism": self.sasl_mechanism,
            "sasl.username": self.sasl_username,
            "sasl.password": self.sasl_password,
            **{f"ssl.{what}.location": str(path) for what, path in files.items() if path},
        }
        return {
            "bootstrap.servers": self.bootstrap_servers,
            "client.id": "tastegraph",
            "socket.nagle.disable": True,  # an event alone would wait for the last one's receipt
            "reconnect.backoff.max.ms": 1_000,
            "log_level": 2,  # what matters is raised; the library would repeat itself on stderr
            **{name: value for name, value in secured.items() if value},
            **{name.replace("_", "."): value for name, value in settings.items()},
        }
