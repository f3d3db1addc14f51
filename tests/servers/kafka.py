"""A real Kafka for tests: one broker that is its own controller, from Maven's jars.

`python -m tests.servers.kafka` fetches the jars once, or says why that cannot be.
"""

import base64
import secrets
import string
import subprocess
import sys
import time
import uuid
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self
from xml.etree import ElementTree

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.servers.maven import fetch_jars, java, java_version
from tests.servers.process import ServerProcess, free_port

_HERE = Path(__file__).parent
_POM = _HERE / "kafka.xml"
_LOG4J = _HERE / "kafka-log4j2.xml"
_START_SECONDS = 300


def version() -> str:
    """The version of Kafka that the tests use, as its pom has it."""
    pinned = ElementTree.parse(_POM).findtext(".//{*}kafka.version")
    if not pinned:
        raise ValueError(f"{_POM} has no kafka.version")
    return pinned


def jars() -> Path:
    """Where the jars lie; the folder is there only when it is complete."""
    return _HERE.parents[1] / ".cache" / f"kafka-{version()}"


def kafka_available() -> str | None:
    """Why a real Kafka cannot be started here, or None if it can."""
    if reason := java_missing():
        return reason
    if not jars().is_dir():
        return "its jars are not there: scripts/test fetches them through Maven"
    return None


class KafkaServer:
    """One broker without topics, on free loopback ports, its files in one folder.

    It may be stopped or killed and started again: topics and port stay.

        with KafkaServer(folder) as server:
            server.create_topic("events", partitions=4)
            Producer({"bootstrap.servers": server.bootstrap})
    """

    user = "tastegraph"

    def __init__(self, folder: Path) -> None:
        """Prepare a broker in the folder, which must be empty or not there yet."""
        self.port, self._secured_port = free_port(), free_port()
        self.password = secrets.token_hex(16)
        self.authority = folder / "authority.pem"
        self._folder = folder
        self._process: ServerProcess | None = None
        self._configure()

    @property
    def bootstrap(self) -> str:
        """The address, as `bootstrap.servers` of a client."""
        return f"127.0.0.1:{self.port}"

    @property
    def secured(self) -> str:
        """The address where a client needs `authority` for TLS, and `user` with `password`."""
        return f"127.0.0.1:{self._secured_port}"

    @property
    def pid(self) -> int:
        """The process id of the running broker."""
        return self._running().pid

    def start(self) -> None:
        """Start the broker and wait until it answers.

        Raises RuntimeError, with the end of the broker's log, if it ends or does not answer.
        """
        if self._process is not None:
            raise RuntimeError("This Kafka runs already.")
        self._process = ServerProcess(
            self._java("512m", "kafka.Kafka", str(self._properties)), self._folder / "kafka.out"
        )
        try:
            self._wait(self._process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Stop the broker in order."""
        self._running().stop()
        self._process = None

    def kill(self) -> None:
        """End the broker at once, as a crash would."""
        self._running().kill()
        self._process = None

    def restart(self) -> None:
        """Kill the broker and start it again."""
        self.kill()
        self.start()

    def create_topic(self, name: str, partitions: int = 1, **settings: str) -> None:
        """Create a topic; its settings are Kafka's, with _ for each dot.

        Raises KafkaException, also if there is such a topic.
        """
        config = {key.replace("_", "."): value for key, value in settings.items()}
        topic = NewTopic(name, partitions, replication_factor=1, config=config)
        client = AdminClient({"bootstrap.servers": self.bootstrap})  # gone, it would answer nothing
        client.create_topics([topic])[name].result(30)

    def delete_topic(self, name: str) -> None:
        """Delete a topic, and wait until it is gone. Raises KafkaException."""
        client = AdminClient({"bootstrap.servers": self.bootstrap})
        client.delete_topics([name])[name].result(30)
        while name in client.list_topics(timeout=30).topics:
            time.sleep(0.05)

    def __enter__(self) -> Self:
        """Start the broker."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the broker, if the test has not ended it."""
        if self._process is not None:
            self.stop()

    @property
    def _properties(self) -> Path:
        return self._folder / "server.properties"

    def _running(self) -> ServerProcess:
        if self._process is None:
            raise RuntimeError("This Kafka does not run.")
        return self._process

    def _configure(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
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


def java_missing() -> str | None:
    """Why no server of Java can be started here, or None if it can."""
    command = java()
    if not command:
        return "there is no Java (17 or newer)"
    if (version := java_version(command)) < 17:
        return f"Java is version {version}, and must be 17 or newer"
    return None


def main() -> None:
    """Fetch the jars; say in one line, and by the exit status, if no Kafka can be started."""
    reason = java_missing()
    try:
        if not reason and not jars().is_dir():
            print(f"Fetching Kafka {version()} (55 MB, once)", flush=True)
            fetch_jars(_POM, jars())
    except FileNotFoundError:
        reason = "there is no Maven"
    except subprocess.CalledProcessError:
        reason = "Maven could not fetch it"
    if reason:
        sys.exit(f"Tests on a real Kafka are skipped: {reason}.")


if __name__ == "__main__":
    main()
