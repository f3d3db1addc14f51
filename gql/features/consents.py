"""What people agree to: the texts that they are shown, and their yes or no to each purpose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from events.audit.entry import Action
from gql import described
from gql.request.context import Context, context_of
from gql.request.failures import GraphAway, InvalidInput, NotSignedIn, expected, invalid
from gql.types.consents import (
    ConsentDecision,
    ConsentEffect,
    DecidedConsent,
    ShownText,
    decided,
)
from gql.types.people import Me
from graph.people.deciding import Act, Actor, Decision, decide
from graph.people.purposes import ALL, Purpose

SURFACE = re.compile(r"[a-z][a-z0-9 _.-]{0,39}")
OWN_TEXTS = Act(Actor.PERSON, "client")
"""How somebody decides by a client that shows them texts of its own."""


@described.object_type
class ConsentReceipt:
    """What was decided, and what that did: keep it, its id is in the history."""

    id: strawberry.ID
    at: str = strawberry.field(description="ISO 8601, UTC.")
    decisions: list[DecidedConsent]
    effects: list[ConsentEffect] = strawberry.field(
        description="What was deleted or stopped, in which store, and when."
    )
    me: Me | None = strawberry.field(description="You as you are now; null if about another.")


ConsentsResult = Annotated[
    Me | InvalidInput | NotSignedIn | GraphAway, strawberry.union("ConsentsResult")
]
DecideConsentsResult = Annotated[
    ConsentReceipt | InvalidInput | NotSignedIn | GraphAway,
    strawberry.union("DecideConsentsResult"),
]


@strawberry.type
class ConsentQueries:
    """What people are asked."""

    @described.field
    def consent_texts(
        self,
        info: Info[Any, Any],
        language: Annotated[
            str,
            strawberry.argument(description="Such as en or de-AT; English where there is none."),
        ] = "en",
    ) -> list[ShownText]:
        """What to show people who are asked what they agree to, one text for each purpose."""
        texts = context_of(info).dependencies.consent_texts
        return [ShownText.of(texts.of(purpose, language)) for purpose in ALL]


@strawberry.type
class ConsentMutations:
    """What people agree to."""

    @described.mutation
    @expected
    async def decide_consents(
        self,
        info: Info[Any, Any],
        decisions: list[ConsentDecision],
        surface: Annotated[
            str, strawberry.argument(description="Where they are asked, such as storefront.")
        ] = "api",
        about: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="The child whose guardian you are; null for yourself."),
        ] = None,
    ) -> DecideConsentsResult:
        """Agree to, or refuse, each purpose apart; what you leave out stays as it is.

        It acts on the next request. Refusing SAFETY deletes your allergies, diets and limits:
        drinks are then no longer checked for you.
        """
        request = context_of(info)
        user_id = request.signed_in()
        if not SURFACE.fullmatch(surface):
            raise invalid("surface", "This is no name of a surface.", "Send up to 40 letters a-z.")
        wanted = _checked(request, decisions)
        person = str(about) if about is not None else user_id
        names = [str(each.purpose) for each in wanted]
        if person == user_id:
            act = Act(Actor.PERSON, surface)
            await request.on_record(Action.CONSENT, *names)
        else:
            act = Act(Actor.GUARDIAN, surface, user_id)
            await request.on_record(Action.CONSENT, *names, about=[person])
        parts = request.dependencies
        receipt = await decide(parts.graph, person, wanted, act, parts.clock)
        await _forget_shown(request, person, wanted)
        profile = await parts.snapshots.profile(person, fresh=True)
        return ConsentReceipt(
            id=strawberry.ID(receipt.id),
            at=receipt.at,
            decisions=decided(receipt),
            effects=[ConsentEffect.of(effect) for effect in receipt.effects],
            me=Me.of(profile) if person == user_id else None,
        )

    @described.mutation
    @expected
    async def set_consents(
        self,
        info: Info[Any, Any],
        personalisation: Annotated[
            bool | None,
            strawberry.argument(description="Lists may be ranked by what you did and like."),
        ] = None,
        remembering: Annotated[
            bool | None,
            strawberry.argument(description="What you were recommended may be remembered."),
        ] = None,
    ) -> ConsentsResult:
        """Say what you agree to; what you leave out stays as it is. Allergies apply whatever you
        say here. decideConsents also records which text was shown.
        """
        request = context_of(info)
        user_id = request.signed_in()
        given = {Purpose.PERSONALISATION: personalisation, Purpose.REMEMBERING: remembering}
        said = [Decision(name, value) for name, value in given.items() if value is not None]
        if not said:
            raise invalid(
                "personalisation",
                "No consent was given or refused.",
                "Send one of the two, or both.",
            )
        await request.on_record(Action.CONSENT, *(str(each.purpose) for each in said))
        parts = request.dependencies
        await decide(parts.graph, user_id, said, OWN_TEXTS, parts.clock)
        await _forget_shown(request, user_id, said)
        return Me.of(await parts.snapshots.profile(user_id, fresh=True))


def _checked(request: Context, decisions: Sequence[ConsentDecision]) -> list[Decision]:
    """Return the decisions with the texts that were shown; refuse what cannot be recorded so."""
    purposes = [each.purpose for each in decisions]
    if not purposes or len(set(purposes)) < len(purposes):
        raise invalid(
            "decisions", "Each purpose is decided once, and one at least.", "Nothing was changed."
        )
    return [_decision(request, each) for each in decisions]


def _decision(request: Context, sent: ConsentDecision) -> Decision:
    if sent.text_version is None and not sent.given:
        return Decision(sent.purpose, given=False)
    text = request.dependencies.consent_texts.of(sent.purpose, sent.language)
    if sent.text_version != text.version:
        raise invalid(
            "decisions",
            f"The text of {sent.purpose.name} is version '{text.version}' now: nobody can agree to "
            "another, or to none.",
            "Nothing was changed. Show the one in consentTexts, and send its version.",
        )
    return Decision(sent.purpose, sent.given, text)


async def _forget_shown(request: Context, person: str, decisions: Sequence[Decision]) -> None:
    """Drop from memory, and from the log, what somebody does not want remembered."""
    said = {each.purpose: each.given for each in decisions}
    impressions = request.dependencies.impressions
    if Purpose.REMEMBERING in said or Purpose.EXPERIMENTS in said:
        impressions.forget_people(lambda known: known == person)
    if said.get(Purpose.REMEMBERING) is False:
        await impressions.refuse(person)
