"""Recalls: new evidence against a drink or an ingredient, previewed before it is applied.

Previewing and applying are the same transaction: the evidence is written and the verdicts are read
before and after; it is then rolled back, unless it is to be applied.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from graph.catalogue.aliases import MERGED_DRINKS_OF, Aliases
from graph.catalogue.changes import Kind, Signature, Step, change_catalogue
from graph.clock import Clock, utc_now
from graph.connection import Graph, Row
from graph.editing.recalled_people import AffectedPeople, count_sealed
from graph.editing.transactions import OnlySeen
from graph.errors import ChangeRefused
from graph.importing.statements import Statement, StatementKey, Statements
from graph.outbox.entries import OutboxEntry, OutgoingType
from graph.query_files import load
from graph.vocabulary import EvidenceStatus, EvidenceType, Verdict

RECALL_STATE = load("changes/recall_state")
RECALL_VERDICTS = load("changes/recall_verdicts")
RECALL_PEOPLE = load("changes/recall_people")

_PRESENCE_OF: Mapping[str, EvidenceStatus] = {
    EvidenceType.HAS_ALLERGEN: EvidenceStatus.CONTAINS,
    EvidenceType.MAY_CONTAIN: EvidenceStatus.MAY_CONTAIN,
}


@dataclass(frozen=True, slots=True)
class Recall:
    """What a source says about an allergen in one drink or ingredient, since a day (ISO date).

    `presence` None withdraws what a recall of this source said.
    """

    subject_type: Literal["drink", "ingredient"]
    subject: str
    allergen: str
    presence: EvidenceStatus | None
    source: str
    observed_at: str

    @property
    def kind(self) -> Kind:
        """The kind of change that it is."""
        return "RECALL" if self.presence else "WITHDRAWAL"

    def parameters(self) -> dict[str, str | None]:
        """The parameters of the queries about it."""
        return {
            "drinkId": self.subject if self.subject_type == "drink" else None,
            "ingredientId": self.subject if self.subject_type == "ingredient" else None,
            "allergenId": self.allergen,
        }


@dataclass(frozen=True, slots=True)
class AffectedDrink:
    """A drink that a recall is about, with the verdict on the allergen before and after it."""

    id: str
    name: str
    before: Verdict
    after: Verdict


@dataclass(frozen=True)
class Effect:
    """What a recall does; `version` is the catalogue's after it, None while it is not applied."""

    subject: str
    allergen: str
    drinks: tuple[AffectedDrink, ...]
    people: AffectedPeople
    version: int | None = None

    @property
    def changed(self) -> tuple[AffectedDrink, ...]:
        """The drinks whose verdict changes."""
        return tuple(drink for drink in self.drinks if drink.before != drink.after)

    @property
    def changes(self) -> dict[tuple[Verdict, Verdict], int]:
        """The number of drinks by verdict before and after, where these differ."""
        return dict(Counter((drink.before, drink.after) for drink in self.changed).most_common())


async def recall(
    graph: Graph,
    what: Recall,
    *,
    by: str,
    note: str | None = None,
    apply: bool,
    clock: Clock = utc_now,
) -> Effect:
    """Work out what a recall does; write it only with `apply`.

    Raises ChangeRefused for an unknown drink, ingredient or allergen, a drink that was merged
    (DrinkMerged), a recall that says no more than its source already does, a source that is not a
    recall's own, and a withdrawal of what no recall of the source said. Raises a GraphError if the
    graph fails.
    """
    steps, sealed = _steps(what), await count_sealed(graph, what.parameters())

    def accept(rows: list[list[Row]]) -> None:
        _check(what, rows[0][0])
        if what.subject_type == "drink":
            Aliases.of(rows[3]).refuse(what.subject)
        if not apply:
            raise OnlySeen(rows)

    try:
        written = await change_catalogue(
            graph,
            steps,
            Signature(by, what.kind, what.source, note, clock),
            drinks=[what.subject] if what.subject_type == "drink" else [],
            ingredients=[what.subject] if what.subject_type == "ingredient" else [],
            accept=accept,
            tell=lambda version, rows: _told(what, _effect(rows, sealed, version)),
        )
    except OnlySeen as seen:
        return _effect(seen.rows, sealed, None)
    return _effect(written.rows, sealed, written.version)


def _steps(what: Recall) -> list[Step]:
    asked = what.parameters()
    key = StatementKey(what.subject_type, what.subject, what.allergen, what.source)
    statement = Statement(what.presence, what.observed_at) if what.presence else None
    evidence = Statements(changes={key: statement})
    return [
        (RECALL_STATE, {**asked, "source": what.source}),
        (RECALL_PEOPLE, asked),
        (RECALL_VERDICTS, asked),
        (MERGED_DRINKS_OF, {"ids": [what.subject]}),
        *evidence.steps(what.subject_type),
        (RECALL_VERDICTS, asked),
    ]


def _check(what: Recall, state: Row) -> None:
    if state["subject"] is None:
        raise ChangeRefused(
            f"There is no {what.subject_type} '{what.subject}'.", "Nothing was changed."
        )
    if state["allergen"] is None:
        raise ChangeRefused(f"There is no allergen '{what.allergen}'.", "Nothing was changed.")
    said = [_PRESENCE_OF.get(statement) for statement in state["statements"]]
    about = f"about '{what.allergen}' in '{what.subject}'"
    if what.presence is None:
        _check_withdrawal(what, about, said=bool(said), recalled=state["recalled"])
    elif what.presence in said or EvidenceStatus.CONTAINS in said:
        raise ChangeRefused(
            f"The source '{what.source}' already says at least that much {about}.",
            "Nothing was changed.",
        )
    elif said and not state["recalled"]:
        # else withdrawing the recall would also take away what the source had said before it
        raise ChangeRefused(
            f"The source '{what.source}' already has a statement {about}, from an import.",
            "Name the recall's own source, such as its notice and number.",
        )


def _check_withdrawal(what: Recall, about: str, *, said: bool, recalled: bool) -> None:
    if not (said and recalled):
        raise ChangeRefused(
            f"No recall by the source '{what.source}' is {about}.",
            "See tastegraph history for the sources; nothing was changed.",
        )


def _effect(rows: list[list[Row]], sealed: AffectedPeople, version: int | None) -> Effect:
    state, people, before = rows[0][0], rows[1], rows[2]
    after = {row["drinkId"]: Verdict(row["verdict"]) for row in rows[-1]}
    return Effect(
        subject=state["subject"],
        allergen=state["allergen"],
        drinks=tuple(
            AffectedDrink(
                row["drinkId"], row["name"], Verdict(row["verdict"]), after[row["drinkId"]]
            )
            for row in before
        ),
        people=AffectedPeople.of(people[0] if people else {}) + sealed,
        version=version,
    )


def _told(what: Recall, effect: Effect) -> OutboxEntry:
    """Return what others hear of it: what is now known of drinks, not how many people must know."""
    data = {
        "subjectKind": what.subject_type,
        "subjectId": what.subject,
        "allergen": what.allergen,
        "presence": str(what.presence) if what.presence else "withdrawn",
        "source": what.source,
        "drinksChanged": len(effect.changed),
        "catalogueVersion": effect.version,
    }
    subject = f"{what.subject_type}/{what.subject}"
    return OutboxEntry(OutgoingType.RECALL_APPLIED, subject, data, sequence=effect.version)
