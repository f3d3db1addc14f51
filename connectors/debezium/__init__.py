"""Debezium: changes of rows, as its connectors for PostgreSQL, MySQL and MongoDB send them."""
