"""What Kafka says goes wrong, as the error of every log."""

from __future__ import annotations

from confluent_kafka import KafkaError, KafkaException

from events.log import LogUnavailable


def unavailable(error: KafkaError | KafkaException | str) -> LogUnavailable:
    """Return the error that says why nothing can be appended or read."""
    told = error.args[0] if isinstance(error, KafkaException) else error
    text = told.str() if isinstance(told, KafkaError) else str(told)
    return LogUnavailable(
        f"Kafka cannot be used: {text.rstrip('.')}.",
        "Nothing was acknowledged. See that the brokers of KAFKA_BOOTSTRAP_SERVERS run, and that "
        "this user may use the topic.",
    )
