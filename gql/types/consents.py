"""Consents on the wire: purposes, texts, acts and receipts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import strawberry

from gql import described
from gql.described import description_of
from graph.people.consent_texts import ConsentText
from graph.people.consents import Answer, Standing
from graph.people.deciding import Receipt
from graph.people.purposes import USES, Effect, Purpose

strawberry.enum(Purpose, name="ConsentPurpose", description=description_of(Purpose))
strawberry.enum(
    Answer,
    name="ConsentAnswer",
    description="What somebody said to a purpose. HELD: they were not asked, and it holds on "
    "another ground until they refuse. NOT_ASKED: nothing holds before they agree.",
)


@described.object_type
class ShownText:
    """What to show somebody who is asked about a purpose. Send its version with the answer."""

    purpose: Purpose
    language: str = strawberry.field(description="That of the text: en where there is no other.")
    version: str
    hash: str = strawberry.field(description="The SHA-256 of title, line break, text.")
    title: str
    text: str
    switches: str = strawberry.field(description="What the purpose switches, in English.")
    template: bool = strawberry.field(
        description="Whether this is the text that comes with Tastegraph: a template for a lawyer."
    )

    @staticmethod
    def of(text: ConsentText) -> ShownText:
        """Return a text as the API shows it."""
        return ShownText(
            purpose=text.purpose,
            language=text.language,
            version=text.version,
            hash=text.hash,
            title=text.title,
            text=text.text,
            switches=USES[text.purpose].switches,
            template=text.template,
        )


@described.object_type
class ConsentAct:
    """One act of consent, as it was recorded. Nothing changes it later."""

    receipt_id: strawberry.ID
    at: str = strawberry.field(description="ISO 8601, UTC.")
    given: bool
    text_version: str | None = strawberry.field(
        description="Of the text that was shown; null where a client showed its own."
    )
    text_hash: str | None = strawberry.field(description="The SHA-256 of that text.")
    language: str | None
    surface: str = strawberry.field(description="Where it was said.")
    by: str = strawberry.field(description="person, guardian or operator.")

    @staticmethod
    def of(row: Mapping[str, Any]) -> ConsentAct:
        """Return an act as the API shows it."""
        return ConsentAct(
            receipt_id=strawberry.ID(row["receiptId"]),
            at=row["at"],
            given=row["given"],
            text_version=row["textVersion"] or None,
            text_hash=row["textHash"] or None,
            language=row["language"] or None,
            surface=row["surface"],
            by=row["by"],
        )


@described.object_type
class PurposeConsent:
    """How you stand to one use of your data."""

    purpose: Purpose
    state: Answer
    holds: bool = strawberry.field(
        description="Whether your data are used for it now: it may need another purpose too."
    )
    ground: str | None = strawberry.field(description="Why it holds, if it does.")
    since: str | None = strawberry.field(description="ISO 8601, UTC; null where not known.")
    ask_first: bool = strawberry.field(
        description="Whether to ask by yourself, and not only to list it."
    )
    history: list[ConsentAct] = strawberry.field(description="Newest first.")

    @staticmethod
    def of(standing: Standing, ask_first: Sequence[Purpose]) -> PurposeConsent:
        """Return a standing as the API shows it."""
        return PurposeConsent(
            purpose=standing.purpose,
            state=standing.answer,
            holds=standing.holds,
            ground=standing.ground,
            since=standing.since,
            ask_first=standing.purpose in ask_first,
            history=[ConsentAct.of(row) for row in standing.history],
        )


@described.object_type
class ConsentEffect:
    """What a decision did, or will do, and where."""

    store: str = strawberry.field(description="graph, log, lists, models or warehouse.")
    what: str
    when: str
    count: int | None = strawberry.field(description="How many were deleted, where that is known.")

    @staticmethod
    def of(effect: Effect) -> ConsentEffect:
        """Return an effect as the API shows it."""
        return ConsentEffect(
            store=effect.store, what=effect.what, when=effect.when, count=effect.count
        )


@described.object_type
class DecidedConsent:
    """A purpose that was decided."""

    purpose: Purpose
    given: bool


@described.input_type()
class ConsentDecision:
    """A yes or a no to one purpose."""

    purpose: Purpose
    given: bool
    text_version: str | None = strawberry.field(
        default=None,
        description="The version of the text that was shown (consentTexts); needed for a yes.",
    )
    language: str = strawberry.field(default="en", description="In which the text was shown.")


def decided(receipt: Receipt) -> list[DecidedConsent]:
    """Return the decisions of a receipt as the API shows them."""
    return [DecidedConsent(purpose=each.purpose, given=each.given) for each in receipt.decisions]
