"""Catalogue editing: drinks that an operator adds, changes and retires one at a time.

The rules are those of an import: text that names no ingredient becomes an unreviewed one, a recipe
is complete only if somebody says so, and every change is recorded with who made it and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from graph.catalogue.aliases import MERGED_DRINKS_OF, Aliases
from graph.catalogue.changes import Signature, Step, Written, change_catalogue
from graph.catalogue.entities import Catalogue
from graph.clock import Clock, utc_now
from graph.connection import Graph, Row
from graph.editing.drafts import DRINK_STATE, Draft, DraftPlan, plan_draft
from graph.editing.transactions import Overtaken
from graph.errors import DrinkExists, DrinkUnknown, GraphContended
from graph.importing.statements import statements_of
from graph.query_files import load

RETIRE_DRINK = load("changes/retire_drink")

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Saved:
    """The outcome of a draft: the catalogue's version, and texts that named no ingredient."""

    version: int
    unrecognised: tuple[str, ...]


async def add_drink(
    graph: Graph,
    draft: Draft,
    catalogue: Catalogue,
    *,
    by: str,
    source: str,
    note: str | None,
    clock: Clock = utc_now,
) -> Saved:
    """Add a drink on the word of `source`; `catalogue` is as recent as the graph.

    Raises DrinkExists, DrinkRefused for an unknown term, and a GraphError; then nothing
    was changed.
    """
    async with graph.saving:
        return await _save(
            graph, draft, catalogue, Signature(by, "EDIT", source, note, clock), new=True
        )


async def update_drink(
    graph: Graph,
    draft: Draft,
    catalogue: Catalogue,
    *,
    by: str,
    source: str,
    note: str | None,
    clock: Clock = utc_now,
) -> Saved:
    """Replace a drink's row and recipe; statements about allergens are added, as in an import.

    Raises DrinkUnknown, DrinkMerged, else what `add_drink` raises.
    """
    async with graph.saving:
        return await _save(
            graph, draft, catalogue, Signature(by, "EDIT", source, note, clock), new=False
        )


async def retire_drink(
    graph: Graph, drink_id: str, today: date, *, by: str, note: str | None, clock: Clock = utc_now
) -> int:
    """Stop offering a drink, as of yesterday; return the version of the catalogue.

    Raises DrinkUnknown, DrinkMerged, and a GraphError.
    """
    last_day = (today - timedelta(days=1)).isoformat()
    asked = {"drinkId": drink_id}
    steps: list[Step] = [
        (DRINK_STATE, asked),
        (MERGED_DRINKS_OF, {"ids": [drink_id]}),
        (RETIRE_DRINK, {**asked, "lastDay": last_day}),
    ]

    def accept(rows: list[list[Row]]) -> None:
        _check_there(rows[0][0], drink_id)
        Aliases.of(rows[1]).refuse(drink_id)

    signature = Signature(by, "EDIT", None, note, clock)
    written = await change_catalogue(graph, steps, signature, drinks=[drink_id], accept=accept)
    return written.version


async def _save(
    graph: Graph, draft: Draft, catalogue: Catalogue, signature: Signature, *, new: bool
) -> Saved:
    plan = await plan_draft(graph, draft, catalogue, signature.source)
    for _ in range(ATTEMPTS):
        try:
            written = await _write(graph, plan, signature, new=new)
        except Overtaken:
            continue
        return Saved(written.version, tuple(plan.created.values()))
    raise GraphContended(f"Others kept changing the drink '{plan.drink_id}'.", "Try again.")


async def _write(graph: Graph, plan: DraftPlan, signature: Signature, *, new: bool) -> Written:
    query, asked = plan.known_step()
    known = statements_of("drink", await graph.run(query, **asked))
    evidence = plan.evidence(known)

    def accept(rows: list[list[Row]]) -> None:
        _check_state(rows[0][0], plan.drink_id, new=new)
        plan.check(rows, known, evidence)

    return await change_catalogue(
        graph,
        plan.steps(evidence),
        signature,
        drinks=[plan.drink_id],
        ingredients=list(plan.created),
        accept=accept,
    )


def _check_state(state: Row, drink_id: str, *, new: bool) -> None:
    if not new:
        _check_there(state, drink_id)
    elif state["drinkId"] is not None:
        raise DrinkExists(drink_id)


def _check_there(state: Row, drink_id: str) -> None:
    if state["drinkId"] is None:
        raise DrinkUnknown(drink_id)
