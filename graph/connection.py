"""The one way to the graph: the official driver over Bolt, to a Neo4j or the embedded engine."""

# The driver leaves its keyword arguments untyped.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, LiteralString, Protocol, TypeVar, cast

import neo4j
from neo4j import (
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncManagedTransaction,
    AsyncResult,
    AsyncTransaction,
    exceptions,
)

from graph.address import Address
from graph.errors import (
    GraphContended,
    GraphDeadlineMissed,
    GraphError,
    GraphLoginRefused,
    GraphRefused,
    GraphTooOld,
    GraphUnavailable,
)
from graph.query import Query
from graph.rows import row_of
from graph.sealing.sealing import Sealing

Row = dict[str, Any]
Values = Mapping[str, Any] | Callable[[Sequence[list[Row]]], Mapping[str, Any] | None]
Result = TypeVar("Result")


class TakesRows(Protocol):
    """What is given the rows of a query one after the other."""

    def add(self, row: Row) -> None:
        """Take one row."""


Collector = TypeVar("Collector", bound=TakesRows)
OLDEST_SERVER = (5, 26)
RETRY_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)


class Graph:
    """The graph: runs query files in managed transactions, each within a deadline."""

    def __init__(
        self,
        driver: AsyncDriver,
        address: Address,
        deadline: float,
        sealing: Sealing | None = None,
    ) -> None:
        """`sealing` opens what people declared, where that is sealed."""
        self.sealing = sealing
        self._driver = driver
        self._address = address
        self._deadline = deadline
        self._bookmarks = AsyncGraphDatabase.bookmark_manager()
        # Changes to the catalogue and saved drinks take turns in this process: all of them
        # write to the same node, and the embedded engine refuses the slower of two.
        self.changing, self.saving = asyncio.Lock(), asyncio.Lock()

    async def run(self, query: Query, *, deadline: float | None = None, **values: Any) -> list[Row]:
        """Return all rows of a query file, read or written as its header says.

        Raises a GraphError: GraphUnavailable, GraphDeadlineMissed, GraphLoginRefused or
        GraphRefused. A transient failure is retried within the deadline.
        """
        if query.mode == "write":
            return (await self.run_together([(query, values)], deadline=deadline))[0]
        seconds = self._deadline if deadline is None else deadline
        return await self._within(
            seconds, query.name, lambda: self._read(query, values, seconds, _data)
        )

    async def collect(
        self,
        query: Query,
        collector: Callable[[], Collector],
        *,
        deadline: float,
        **values: Any,
    ) -> Collector:
        """Return a collector that was given each row of a read, none of which is kept.

        It is made anew for each try. Raises what `run` raises.
        """

        async def given_each(result: AsyncResult) -> Collector:
            collected, names = collector(), result.keys()
            async for record in result:
                collected.add(dict(zip(names, record.values(), strict=True)))
            return collected

        return await self._within(
            deadline, query.name, lambda: self._read(query, values, deadline, given_each)
        )

    async def _read(
        self,
        query: Query,
        values: Mapping[str, Any],
        seconds: float,
        take: Callable[[AsyncResult], Awaitable[Result]],
    ) -> Result:
        """Read in one round trip; a managed transaction would take three.

        Retried as the driver retries, for half of the deadline.
        """
        text = neo4j.Query(cast(LiteralString, query.text), timeout=seconds)
        until = time.monotonic() + seconds / 2
        for pause in itertools.chain(RETRY_PAUSES, itertools.repeat(RETRY_PAUSES[-1])):
            try:
                async with self._driver.session(
                    database=self._address.database,
                    bookmark_manager=self._bookmarks,
                    default_access_mode=neo4j.READ_ACCESS,
                ) as session:
                    return await take(await session.run(text, dict(values)))
            except (exceptions.DriverError, exceptions.Neo4jError) as error:
                if not error.is_retryable() or time.monotonic() + pause > until:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError("the pauses never end")

    async def run_together(
        self,
        steps: Sequence[tuple[Query, Values]],
        *,
        deadline: float | None = None,
        accept: Callable[[list[list[Row]]], None] | None = None,
    ) -> list[list[Row]]:
        """Return the rows of each step; all steps are one transaction, all or none.

        The values of a step may be made from the rows of those before it; without values it is left
        out, and has no rows. `accept` sees the rows
        before they are committed; if it raises, nothing is. Raises what `run` raises.
        """
        seconds = self._deadline if deadline is None else deadline

        @neo4j.unit_of_work(timeout=seconds)
        async def work(transaction: AsyncManagedTransaction) -> list[list[Row]]:
            results: list[list[Row]] = []
            for query, values in steps:
                made = values(results) if callable(values) else values
                results.append([] if made is None else await _rows(transaction, query, made))
            if accept:
                accept(results)
            return results

        async def transact() -> list[list[Row]]:
            async with self._driver.session(
                database=self._address.database, bookmark_manager=self._bookmarks
            ) as session:
                if all(query.mode == "read" for query, _ in steps):
                    return await session.execute_read(work)
                return await session.execute_write(work)

        async def again_if_another_was_faster() -> list[list[Row]]:
            # On the embedded engine, of two transactions that MERGE the same new node at once the
            # later breaks the constraint that ids are unique: the next time it finds the node.
            for pause in RETRY_PAUSES[:3]:
                try:
                    return await transact()
                except exceptions.ConstraintError:
                    await asyncio.sleep(pause)
            return await transact()

        return await self._within(seconds, steps[-1][0].name, again_if_another_was_faster)

    async def statement(self, text: str) -> None:
        """Run one schema statement in a transaction of its own."""

        async def run() -> None:
            async with self._driver.session(database=self._address.database) as session:
                result = await session.run(cast(LiteralString, text))
                await result.consume()

        await self._within(60.0, "schema", run)

    @asynccontextmanager
    async def looking(
        self, name: str, *, deadline: float | None = None
    ) -> AsyncGenerator[AsyncTransaction]:
        """Yield a transaction in read access mode that is rolled back, whatever it did.

        The embedded engine does not refuse writes in read access mode: the roll-back does. Raises
        what `run` raises.
        """
        seconds = self._deadline if deadline is None else deadline
        async with (
            self._explained(seconds, name),
            self._driver.session(
                database=self._address.database,
                bookmark_manager=self._bookmarks,
                default_access_mode=neo4j.READ_ACCESS,
            ) as session,
            await session.begin_transaction(timeout=seconds) as transaction,
        ):
            yield transaction
            await transaction.rollback()

    async def in_time(self, name: str, work: Callable[[], Awaitable[Result]]) -> Result:
        """Return what the work returns; raises GraphDeadlineMissed after a query's deadline."""
        async with self._explained(self._deadline, name):
            return await work()

    async def _within(
        self, seconds: float, name: str, work: Callable[[], Awaitable[Result]]
    ) -> Result:
        async with self._explained(seconds, name):
            return await work()

    @asynccontextmanager
    async def _explained(self, seconds: float, name: str) -> AsyncGenerator[None]:
        """Hold work to a deadline, and translate its failures into our own."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except TimeoutError as error:
            raise GraphDeadlineMissed(
                f"The query '{name}' took longer than its deadline of {seconds:g} s.",
                "Try again; if it keeps happening, check the load on the graph server.",
            ) from error
        except (exceptions.DriverError, exceptions.Neo4jError, OSError) as error:
            raise explain(error, self._address, name) from error

    async def check(self) -> str:
        """Return the server's name and version; raise a GraphError if it cannot be used."""

        async def ask() -> str:
            return (await self._driver.get_server_info()).agent

        agent = await self._within(self._deadline, "check", ask)
        if _version(agent) < OLDEST_SERVER:
            raise GraphTooOld(
                f"The graph at {self._address.uri} is {agent}.",
                "Tastegraph needs Neo4j 5.26 or later.",
            )
        return agent


async def _rows(
    transaction: AsyncManagedTransaction, query: Query, values: Mapping[str, Any]
) -> list[Row]:
    return await _data(await transaction.run(cast(LiteralString, query.text), dict(values)))


async def _data(result: AsyncResult) -> list[Row]:
    return [row_of(record) async for record in result]


def _version(agent: str) -> tuple[int, ...]:
    numbers = agent.split("/")[-1].split(" ")[0].split("-")[0].split(".")
    return tuple(int(number) for number in numbers[:2] if number.isdigit())


def _contended(name: str) -> GraphContended:
    return GraphContended(
        f"Others were changing the same data while '{name}' ran.", "Nothing was written; try again."
    )


def explain(error: Exception, address: Address, name: str) -> GraphError:
    """Translate a driver's error into one of ours that says what it means for the user."""
    code = str(error.code) if isinstance(error, exceptions.Neo4jError) else ""
    if isinstance(error, exceptions.AuthError) or ".Security." in code:
        return GraphLoginRefused(
            f"The graph at {address.uri} refused the user '{address.user}'.",
            "Check NEO4J_USER and NEO4J_PASSWORD (or NEO4J_PASSWORD_FILE).",
        )
    if code == "Neo.ClientError.Database.DatabaseNotFound":
        return GraphRefused(
            f"The graph at {address.uri} has no database '{address.database}'.",
            "Check NEO4J_DATABASE.",
        )
    if "TimedOut" in code:
        return GraphDeadlineMissed(f"The graph ended the query '{name}' at its deadline.")
    if "OutOfMemory" in code:
        return GraphRefused(
            f"The graph has too little memory for the query '{name}': {error}",
            "Ask for less, or give the graph more memory.",
        )
    if isinstance(error, exceptions.ConstraintError):
        return _contended(name)
    if isinstance(error, exceptions.ClientError):
        return GraphRefused(f"The graph refused the query '{name}': {error.message}")
    if isinstance(error, exceptions.TransientError):
        return _contended(name)
    if isinstance(error, exceptions.DatabaseError):
        return GraphRefused(
            f"The graph failed at the query '{name}': {error.message}",
            "The graph's own log says why, TASTEGRAPH_HOME/graph/engine.log if it is embedded. If "
            "it mentions memory or heap, ask for less, or raise TASTEGRAPH_GRAPH_HEAP.",
        )
    return GraphUnavailable(
        f"The graph at {address.uri} cannot be reached ({type(error).__name__}).",
        "Check that it runs and that NEO4J_URI is right.",
    )


@asynccontextmanager
async def connect(
    address: Address,
    *,
    deadline: float = 5.0,
    connections: int = 32,
    sealing: Sealing | None = None,
) -> AsyncGenerator[Graph]:
    """Yield the graph at an address; the server is first asked when a query runs.

    Raises GraphUnavailable if it is not a Bolt address.
    """
    try:
        if not address.uri.startswith(("bolt", "neo4j")):
            raise ValueError("it starts with neither bolt nor neo4j")
        driver = AsyncGraphDatabase.driver(
            address.uri,
            auth=(address.user, address.password),
            max_connection_pool_size=connections,
            connection_acquisition_timeout=deadline,
            connection_timeout=deadline,
            max_transaction_retry_time=deadline,
            # The embedded engine refuses the slower of two writers when it commits. With the
            # driver's second at first, doubled each time, a busy writer would starve another.
            initial_retry_delay=0.05,
            retry_delay_multiplier=1.2,
            retry_delay_jitter_factor=0.5,
            notifications_min_severity="OFF",
            user_agent="tastegraph",
        )
    except (exceptions.ConfigurationError, ValueError) as error:
        raise GraphUnavailable(
            f"NEO4J_URI is '{address.uri}', which is not the address of a graph ({error}).",
            "Use bolt://host:7687, or neo4j://host:7687 for a cluster.",
        ) from error
    async with driver:
        yield Graph(driver, address, deadline, sealing)
