"""A real Kafka for tests: one broker that is its own controller, from Maven's jars.

`python -m tests.servers.kafka` fetches the jars once, or says why that cannot be.
"""

import base64
import secrets
import string
import subprocess
import time
import uuid
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers.maven import fetch_server, jars_missing, java, pinned_version, scratch_options
from tests.servers.process import Server, ServerProcess, free_port

_HERE = Path(__file__).parent
_POM = _HERE / "kafka.xml"
_LOG4J = _HERE / "kafka-log4j2.xml"
_START_SECONDS = 300


def version() -> str:
    """The version of Kafka that the tests use, as its pom has it."""
    return pinned_version(_POM, "kafka.version")


def jars() -> Path:
    """Where the jars lie; the folder is there only when it is complete."""
    return _HERE.parents[1] / ".cache" / f"kafka-{version()}"


def kafka_available() -> str | None:
    """Why a real Kafka cannot be started here, or None if it can."""
    return jars_missing(jars())


class KafkaServer(Server):
    """One broker without topics, on free loopback ports, its files in one folder.

    It may be stopped or killed and started again: topics and port stay.

        with KafkaServer(folder) as server:
            server.create_topic("events", partitions=4)
            Producer({"bootstrap.servers": server.bootstrap})
    """

    name = "Kafka"
    user = "tastegraph"

    def __init__(self, folder: Path) -> None:
        """Prepare a broker in the folder, which must be empty or not there yet."""
        self.port, self._secured_port = free_port(), free_port()
        self.password = secrets.token_hex(16)
        self.authority = folder / "authority.pem"
        self._folder = folder
        self._configure()

    @property
    def bootstrap(self) -> str:
        """The address, as `bootstrap.servers` of a client."""
        return f"127.0.0.1:{self.port}"

    @property
    def secured(self) -> str:
        """The address where a client needs `authority` for TLS, and `user` with `password`."""
        return f"127.0.0.1:{self._secured_port}"

    def create_topic(self, name: str, partitions: int = 1, **settings: str) -> None:
        """Create a topic, and wait until it is seen; its settings are Kafka's, with _ for each dot.

        Raises KafkaException, also if there is such a topic.
        """
        config = {key.replace("_", "."): value for key, value in settings.items()}
        topic = NewTopic(name, partitions, replication_factor=1, config=config)
        client = AdminClient({"bootstrap.servers": self.bootstrap})  # gone, it would answer nothing
        client.create_topics([topic])[name].result(30)
        while name not in client.list_topics(timeout=30).topics:
            time.sleep(0.05)

    def delete_topic(self, name: str) -> None:
        """Delete a topic, and wait until it is gone. Raises KafkaException."""
        client = AdminClient({"bootstrap.servers": self.bootstrap})
        client.delete_topics([name])[name].result(30)
        while name in client.list_topics(timeout=30).topics:
            time.sleep(0.05)

    @property
    def _properties(self) -> Path:
        return self._folder / "server.properties"

    def _launch(self) -> ServerProcess:
        return ServerProcess(
            self._java("512m", "kafka.Kafka", str(self._properties)),
            self._folder / "kafka.out",
            scratch=self._scratch,
        )

    @property
    def _scratch(self) -> Path:
        return self._folder / "scratch"

    def _configure(self) -> None:
        self._scratch.mkdir(parents=True, exist_ok=True)
        template = string.Template((_HERE / "kafka.properties").read_text())
        keystore = self._folder / "keystore.pem"
        keystore.write_bytes(_signed_for_loopback(self.authority))
        settings = template.substitute(
            port=self.port,
            secured_port=self._secured_port,
            controller_port=free_port(),
            data=self._folder / "data",
            keystore=keystore,
            user=self.user,
            password=self.password,
        )
        self._properties.write_text(settings)
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        subprocess.run(
            self._java(
                *("256m", "kafka.tools.StorageTool", "format"),
                *(f"--cluster-id={cluster}", f"--config={self._properties}"),
                f"--add-scram=SCRAM-SHA-512=[name={self.user},password={self.password}]",
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )

    def _java(self, heap: str, main: str, *arguments: str) -> list[str]:
        memory = [f"-Xmx{heap}", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"]
        memory += scratch_options(self._scratch)
        log4j = f"-Dlog4j2.configurationFile={_LOG4J}"
        return [java(), *memory, log4j, "-cp", f"{jars()}/*", main, *arguments]

    def _wait(self, process: ServerProcess) -> None:
        """Wait for an answer to a question that only a broker in service answers."""
        deadline = time.monotonic() + _START_SECONDS
        patience = {"reconnect.backoff.max.ms": 200, "log_level": 0}
        client = AdminClient({"bootstrap.servers": self.bootstrap, **patience})
        while process.running() and time.monotonic() < deadline:
            try:
                if client.list_topics(timeout=1).brokers:
                    return
            except KafkaException:
                time.sleep(0.1)
        raise RuntimeError(f"Kafka did not start:\n{process.last_lines()}")


def _signed_for_loopback(authority: Path) -> bytes:
    """Return a key and its certificate for 127.0.0.1; write down who vouches for it: itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Kafka of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    ).public_bytes(serialization.Encoding.PEM)
    authority.write_bytes(certificate)
    return certificate + key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


if __name__ == "__main__":
    fetch_server(f"Kafka {version()}", "55 MB", _POM, jars())
