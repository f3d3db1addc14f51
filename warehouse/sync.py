"""One sync: what is new since the last one, table by table, each whole at every moment."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from events.consumed import offset_name
from events.dead_letters import DeadLetters, EmbeddedDeadLetters
from events.embedded_log import EmbeddedLog
from events.log import Log
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.engine.locks import FileLock
from graph.people.privacy import erasures
from warehouse import catalogue, schemas
from warehouse.behaviour import Describer, Row, kept_events, logged_events
from warehouse.names import Names
from warehouse.people import SYNCED, forget, load_people
from warehouse.table import Table, WarehouseRefused

LOCK = "sync.lock"
KEY = "key"
NO_KEY = -1


@dataclass(frozen=True)
class Synced:
    """What one table gained, and how many rows were removed because of people who left."""

    table: str
    added: int
    removed: int = 0


@dataclass(frozen=True)
class Warehouse:
    """A folder of tables, filled from a graph and its logs.

    `kept` is the log of its home, with its dead letters; `log` may be another, with its `letters`.
    """

    folder: Path
    graph: Graph
    log: Log | None
    kept: EmbeddedLog | None
    names: Names
    with_people: bool
    clock: Clock = utc_now
    letters: DeadLetters | None = None

    async def sync(self) -> AsyncGenerator[Synced]:
        """Bring every table up to date, and yield what that took.

        Raises WarehouseRefused, a GraphError or LogUnavailable; what was done until then is kept,
        and the next sync goes on from there.
        """
        with FileLock(self.folder / LOCK) as lock:
            if not lock.acquire():
                raise WarehouseRefused(f"Another sync to {self.folder} is running.")
            yield await self._sync_events()
            for name, schema in schemas.OTHERS.items():
                table = self._table(name, schema)
                yield Synced(name, await self._fill(name, table))
                table.sweep()

    def _table(self, name: str, schema: Any) -> Table:
        return Table(self.folder / name, schema)

    async def _fill(self, name: str, table: Table) -> int:
        now = self.clock()
        if name == "impressions":
            return await catalogue.add_impressions(self.graph, table, milliseconds(now))
        if name == "exposures":
            return await catalogue.add_exposures(self.graph, table, milliseconds(now))
        if name == "changes":
            return await catalogue.add_changes(self.graph, table)
        if name == "models":
            return await catalogue.put_models(self.graph, table)
        add = {
            "drinks": catalogue.add_drinks,
            "ingredients": catalogue.add_ingredients,
            "recipes": catalogue.add_recipes,
        }[name]
        return await add(self.graph, table, now.date())

    async def _sync_events(self) -> Synced:
        schema = schemas.EVENTS_WITH_PEOPLE if self.with_people else schemas.EVENTS
        table = self._table("events", schema)
        now = milliseconds(self.clock())
        self._check_key(table, now)
        if self.kept is not None:  # what a server that was away has not removed from it yet
            await self.kept.erase(dict(await erasures(self.graph, 0)))
        people = await load_people(self.graph)
        removed = 0
        if self.with_people:
            removed = await forget(self.graph, table, people, self.names, now)
        table.sweep()
        known = table.texts("event")
        describe = Describer(self.names, people, self.with_people)
        added = await self._add_logged(table, describe, known, anew=removed > 0)
        added += await self._add_kept(table, describe, known)
        table.append([], SYNCED, now)
        table.sweep()
        return Synced("events", added, removed)

    def _check_key(self, table: Table, now: int) -> None:
        """Refuse names made with another key: everybody would be there twice."""
        found = table.position(KEY, NO_KEY)
        if found == NO_KEY:
            table.append([], SYNCED, now)
            table.append([], KEY, self.names.mark)
        elif found != self.names.mark:
            raise WarehouseRefused(
                f"The tables in {self.folder} were made with the key of another home.",
                "Sync to another folder, or bring back TASTEGRAPH_HOME/keys/warehouse.key.",
            )

    async def _add_logged(
        self, table: Table, describe: Describer, known: set[str], *, anew: bool
    ) -> int:
        """Add what the logs have; `anew` from their start, for some of it was removed."""
        added = 0
        if self.kept is None:
            return added
        logs = [self.kept] if self.log is self.kept or self.log is None else [self.kept, self.log]
        for log in logs:
            await log.ready()
            at_home = EmbeddedDeadLetters(self.kept, log)
            letters = at_home if log is self.kept else self.letters or at_home
            sources = [offset_name(log, part) for part in range(log.partitions)]
            start = {source: 0 if anew else table.position(source) for source in sources}
            async for found in logged_events(self.graph, log, letters, describe, start):
                rows = _new(found.rows, known)
                table.append(rows, found.source, found.position)
                added += len(rows)
        return added

    async def _add_kept(self, table: Table, describe: Describer, known: set[str]) -> int:
        added = 0
        async for found in kept_events(self.graph, describe):
            if rows := _new(found, known):
                table.append(rows, "graph", 0)
                added += len(rows)
        return added


def _new(rows: list[Row], known: set[str]) -> list[Row]:
    """Return the rows that are not there yet, and note them as known."""
    fresh: list[Row] = []
    for row in rows:
        if row["event"] not in known:
            known.add(row["event"])
            fresh.append(row)
    return fresh
