"""What was served without asking the gate, put to the gate shortly after.

Whoever writes to the graph past its versions is found so: the gate then says something else than
what was kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from graph.errors import GraphError
from graph.rows import parts
from graph.verdicts.declarations import Declaration
from graph.verdicts.gate import GateAnswer
from graph.verdicts.gate_batches import MOST_DRINKS, GateBatches
from graph.verdicts.kept_answers import KeptAnswers

PAUSE = 0.5
MOST_BEHIND = 1.0
"""Seconds; if something was served longer ago and is not checked yet, the gate itself is asked."""
MOST_NAMES = 200  # of what is declared, in one ask

log = logging.getLogger("tastegraph.gate")

Served = dict[Declaration, dict[str, GateAnswer]]


class ServedChecks:
    """Asks the gate about all that was served, in rounds for as long as anything is."""

    def __init__(
        self,
        gates: GateBatches,
        kept: KeptAnswers,
        contradicted: Callable[[int], None],
        pause: float = PAUSE,
    ) -> None:
        """If the gate says otherwise, keep nothing, and tell of how many drinks."""
        self._gates, self._kept, self._contradicted = gates, kept, contradicted
        self._pause = pause
        self._served: Served = {}
        self._since: float | None = None
        self._checking_since: float | None = None
        self._rounds: asyncio.Task[None] | None = None

    @property
    def behind(self) -> bool:
        """Whether something was served too long ago that is not checked yet."""
        oldest = self._checking_since or self._since
        return oldest is not None and self._kept.now() - oldest > MOST_BEHIND

    def served(self, declaration: Declaration, answers: Mapping[str, GateAnswer]) -> None:
        """Note answers that were used without asking the gate."""
        if not answers:
            return
        self._served.setdefault(declaration, {}).update(answers)
        self._since = self._since or self._kept.now()
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.create_task(self._check_in_rounds())

    async def check(self) -> None:
        """Check what was served so far; what cannot be checked is not kept."""
        served, self._served = self._served, {}
        self._checking_since, self._since = self._since, None
        try:
            await self._check(served)
        except Exception as error:
            self._kept.clear()
            trace = None if isinstance(error, GraphError) else error
            log.warning(
                "cannot check what was served, so nothing is kept: %s", error, exc_info=trace
            )
        finally:
            self._checking_since = None

    async def close(self) -> None:
        """End the rounds."""
        if self._rounds:
            self._rounds.cancel()
            await asyncio.gather(self._rounds, return_exceptions=True)

    async def _check_in_rounds(self) -> None:
        while self._served:
            await asyncio.sleep(self._pause)
            await self.check()

    async def _check(self, served: Served) -> None:
        wrong: set[str] = set()
        for together in _together(served):
            for drink_ids in parts(sorted(together.uses), MOST_DRINKS):
                [now] = await self._gates.put([{**together.asked.asked(), "drinks": drink_ids}])
                wrong |= {drink_id for drink_id in drink_ids if not together.agrees(drink_id, now)}
        if wrong:
            self._kept.clear()
            log.error(
                "the gate no longer says what it said of %s: somebody wrote to the graph without "
                "advancing the catalogue's version, or deleted them; nothing is kept now",
                ", ".join(sorted(wrong)[:10]),
            )
            self._contradicted(len(wrong))


@dataclass(frozen=True)
class _Together:
    """Answers to several declarations that one ask checks: about all that was declared."""

    asked: Declaration
    uses: Mapping[str, Sequence[tuple[Declaration, GateAnswer]]]

    @classmethod
    def of(cls, asked: Declaration, served: Served) -> _Together:
        uses: dict[str, list[tuple[Declaration, GateAnswer]]] = {}
        for declaration, answers in served.items():
            for drink_id, answer in answers.items():
                uses.setdefault(drink_id, []).append((declaration, answer))
        return cls(asked, uses)

    def agrees(self, drink_id: str, given: Mapping[str, GateAnswer]) -> bool:
        """Return whether what was said of a drink follows from what the gate says of all now."""
        # whoever would use an answer of another version reads that it is another
        versions = {answer.catalogue_version for answer in given.values()}
        return all(
            versions - {answer.catalogue_version}
            or (drink_id in given and self._follows(declaration, answer, given[drink_id]))
            for declaration, answer in self.uses[drink_id]
        )

    def _follows(self, declaration: Declaration, answer: GateAnswer, now: GateAnswer) -> bool:
        # of several declarations safety follows from the rest; only limits are not seen in it
        as_safe = declaration != self.asked or answer.safe == now.safe
        return as_safe and _is_part(declaration, answer, now)


def _is_part(declaration: Declaration, answer: GateAnswer, now: GateAnswer) -> bool:
    """Return whether the answer to a declaration is part of the answer to more than that."""
    verdicts = {verdict.allergen: verdict.verdict for verdict in now.verdicts}
    return (
        answer.known == now.known
        and all(verdicts.get(each.allergen) == each.verdict for each in answer.verdicts)
        and set(answer.avoided) == set(now.avoided) & set(declaration.avoids)
        and set(answer.unsuited_diets) == set(now.unsuited_diets) & set(declaration.diets)
    )


def _together(served: Served) -> Iterator[_Together]:
    """Yield what one ask each can check; the walk down a drink's parts is what costs."""
    without: Served = {}
    names: set[tuple[str, str]] = set()
    for declaration, answers in served.items():
        if declaration.limited:
            yield _Together.of(declaration, {declaration: answers})
            continue
        if without and len(names | _names(declaration)) > MOST_NAMES:
            yield _Together.of(_union(without), without)
            without, names = {}, set()
        without[declaration] = answers
        names |= _names(declaration)
    if without:
        yield _Together.of(_union(without), without)


def _names(declaration: Declaration) -> set[tuple[str, str]]:
    return {
        *(("allergen", allergen) for allergen, _ in declaration.allergies),
        *(("avoids", ingredient) for ingredient in declaration.avoids),
        *(("diet", diet) for diet in declaration.diets),
    }


def _union(declarations: Iterable[Declaration]) -> Declaration:
    """Return the declaration of all that any of these declare, traces accepted by nobody."""
    names = set[tuple[str, str]]().union(*map(_names, declarations))
    kinds = {kind: sorted(name for of, name in names if of == kind) for kind, _ in names}
    return Declaration(
        allergies=tuple((allergen, False) for allergen in kinds.get("allergen", ())),
        avoids=tuple(kinds.get("avoids", ())),
        diets=tuple(kinds.get("diet", ())),
        max_abv=None,
        max_caffeine=None,
        declared=True,
    )
