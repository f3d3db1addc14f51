"""The tables of the embedded log, and how events are added to them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from events.log import NewRecord, Outcome, partition_of

CREATE = (
    "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # offsets are never used twice, not even where the last events were erased
    """
    CREATE TABLE IF NOT EXISTS partition (
      partition INTEGER PRIMARY KEY, next INTEGER NOT NULL, received INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS event (
      partition INTEGER NOT NULL, position INTEGER NOT NULL, received INTEGER NOT NULL,
      person BLOB NOT NULL, id BLOB NOT NULL, meaning TEXT NOT NULL, body BLOB NOT NULL,
      PRIMARY KEY (partition, position)
    ) WITHOUT ROWID
    """,
    "CREATE UNIQUE INDEX IF NOT EXISTS event_id ON event (id)",
    "CREATE INDEX IF NOT EXISTS event_person ON event (person)",
    """
    CREATE TABLE IF NOT EXISTS dead_letter (
      id INTEGER PRIMARY KEY AUTOINCREMENT, log TEXT NOT NULL, partition INTEGER NOT NULL,
      position INTEGER NOT NULL, received INTEGER NOT NULL, person BLOB NOT NULL,
      reason TEXT NOT NULL, at INTEGER NOT NULL, body BLOB,
      UNIQUE (log, partition, position)
    )
    """,
)
_INSERT = """
INSERT INTO event (partition, position, received, person, id, meaning, body)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
"""


def meta(connection: sqlite3.Connection, name: str, partitions: int) -> tuple[str, int]:
    """Return the name of the log and how many partitions it has, as they were first chosen."""
    connection.execute("BEGIN IMMEDIATE")
    for key, value in (("name", name), ("partitions", str(partitions))):
        connection.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING", (key, value))
    chosen = dict(connection.execute("SELECT name, value FROM meta"))
    for partition in range(int(chosen["partitions"])):
        connection.execute(
            "INSERT INTO partition VALUES (?, 0, 0) ON CONFLICT DO NOTHING", (partition,)
        )
    connection.execute("COMMIT")
    return chosen["name"], int(chosen["partitions"])


def insert_records(
    connection: sqlite3.Connection, records: Sequence[NewRecord], received: int, partitions: int
) -> list[Outcome]:
    """Add events within a transaction; within a partition the time of receipt never falls."""
    places = {
        partition: [position, max(received, last)]
        for partition, position, last in connection.execute("SELECT * FROM partition")
    }
    outcomes: list[Outcome] = []
    for record in records:
        person, key = record.person_hash, record.key
        partition = partition_of(person, partitions)
        place = places[partition]
        values = (partition, place[0], place[1], person, key, record.meaning, record.body)
        if connection.execute(_INSERT, values).rowcount:
            place[0] += 1
            outcomes.append(Outcome.ACCEPTED)
        else:
            outcomes.append(_known(connection, key, record.meaning))
    connection.executemany(
        "UPDATE partition SET next = ?, received = ? WHERE partition = ?",
        [(position, last, partition) for partition, (position, last) in places.items()],
    )
    return outcomes


def _known(connection: sqlite3.Connection, key: bytes, meaning: str) -> Outcome:
    query = "SELECT meaning FROM event WHERE id = ?"
    same = connection.execute(query, (key,)).fetchone()[0] == meaning
    return Outcome.REPEATED if same else Outcome.CLASHING
