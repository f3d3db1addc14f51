"""The features by Flink SQL over Kafka: its jobs, by way of its SQL gateway, and their results."""
