"""The log of events on Kafka."""
