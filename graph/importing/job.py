"""What every part of one import shares: the graph, the listeners, the counts and the doubts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.catalogue.aliases import MERGED_DRINKS_OF, Aliases
from graph.catalogue.changes import Signature, Step, change_catalogue
from graph.clock import Clock, utc_now
from graph.connection import Graph, Row
from graph.errors import ImportRefused
from graph.importing.files.parsing import Model, Problem, parse_leniently
from graph.importing.files.record import Record
from graph.importing.files.rejects import Rejects
from graph.importing.files.sources import Source, Sources
from graph.importing.progress import ImportProgress
from graph.importing.summary import ImportSummary
from graph.people.purposes import OPERATORS, Ground
from graph.query import Query
from graph.rows import parts

ROWS_PER_STEP = 5_000


@dataclass
class Doubts:
    """Drinks and ingredients about which something could not be read: they are not safe."""

    drinks: set[str] = field(default_factory=lambda: set[str]())
    ingredients: set[str] = field(default_factory=lambda: set[str]())


@dataclass
class Job:
    """One import. `ground` is on what the operator brings people, unless they are simulated."""

    graph: Graph
    rejects: Rejects
    progress: ImportProgress
    source: str
    simulated: bool
    by: str
    clock: Clock = utc_now
    ground: Ground = OPERATORS[0]
    summary: ImportSummary = field(default_factory=ImportSummary)
    doubts: Doubts = field(default_factory=Doubts)
    aliases: Aliases = field(default_factory=lambda: Aliases({}))

    @property
    def brought_on(self) -> str:
        """On what the people of this import are here, until they decide themselves."""
        return Ground.SIMULATED if self.simulated else self.ground

    def read(
        self, source: Source, model: type[Model]
    ) -> Iterator[tuple[Record, Model | list[Problem]]]:
        """Yield each record of a source with its checked row, or with its problems."""
        counts = self.summary.table(source.table)
        counts.ignored_columns |= source.ignored_columns
        for record in source.records():
            counts.read += 1
            if counts.read % 1_000 == 0:
                self.progress.advance(1_000)
            row, odd = parse_leniently(model, record, self.clock)
            for problem in odd:
                self.report(source.table, record, problem)
            yield record, row

    def reject(self, table: str, record: Record, problems: Sequence[Problem]) -> None:
        """Leave a row out, and say why in the rejects file."""
        self.summary.table(table).rejected += 1
        for problem in problems:
            self.rejects.add(record, *problem)

    def report(self, table: str, record: Record, problem: Problem) -> None:
        """Keep a row, but say in the rejects file what was not understood in it."""
        self.summary.table(table).reported += 1
        self.rejects.add(record, *problem)

    def report_joined(self, sources: Sources) -> None:
        """Count and list the rows that a mapping joined although they differ."""
        for source in sources.all:
            self.summary.table(source.table).joined += len(source.joined)
            for record, *problem in source.joined:
                self.rejects.add(record, *problem)

    async def change_catalogue(
        self,
        steps: Sequence[Step],
        *,
        drinks: Iterable[str] = (),
        ingredients: Iterable[str] = (),
        structural: bool = False,
    ) -> None:
        """Write steps and the record of what they change as one transaction, if there are any.

        `drinks` and `ingredients` are the ids of all that the steps may change. Raises
        ImportRefused if one of these drinks has just been merged into another.
        """
        about = set(drinks)

        def accept(rows: list[list[Row]]) -> None:
            merged = sorted(about & Aliases.of(rows[0]).into.keys())
            if merged:
                raise ImportRefused(
                    f"The drink '{merged[0]}' was merged into another meanwhile.", "Run it again."
                )

        if steps:
            await change_catalogue(
                self.graph,
                [(MERGED_DRINKS_OF, {"ids": sorted(about)}), *steps],
                Signature(self.by, "IMPORT", self.source, clock=self.clock),
                drinks=about,
                ingredients=ingredients,
                structural=structural,
                accept=accept,
            )


def in_steps(query: Query, name: str, values: Sequence[Any], **others: Any) -> list[Step]:
    """Split the values into batches, each a step with the query and its parameter `name`."""
    return [(query, {name: list(part), **others}) for part in parts(values, ROWS_PER_STEP)]
