"""The features by Flink SQL over Kafka: what is sent to its SQL gateway."""
