"""One question at the right moment: the poll that is due for who asks, and its answer."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from gql import described
from gql.features.answers import explanation_of
from gql.request.context import Context, context_of
from gql.request.failures import GraphAway, InvalidInput, NotSignedIn, expected, invalid
from gql.types.drinks import Drink, Recommendation
from gql.types.people import Me
from learning.errors import PollNotAsked, PollRefused
from learning.polls.polling import Question


@described.enum
class Declaration(Enum):
    """What is declared, never answered: what somebody must not have is no taste."""

    ALLERGIES = "allergies"
    AVOIDS = "avoids"
    DIETS = "diets"


@described.object_type
class PollOption:
    """One possible answer."""

    id: strawberry.ID
    text: str
    offer: Recommendation | None = strawberry.field(
        description="The drink that this option stands for: it passed both safety checks for you."
    )


@described.object_type
class Poll:
    """One question to you."""

    ask_id: strawberry.ID = strawberry.field(description="Send it with the answer.")
    poll_id: strawberry.ID
    question: str
    about: Drink | None = strawberry.field(
        description="The drink you bought that it is about. It is no offer."
    )
    options: list[PollOption]

    @staticmethod
    def of(request: Context, question: Question) -> Poll:
        """Return a question as the API shows it."""
        return Poll(
            ask_id=strawberry.ID(question.asked.ask_id),
            poll_id=strawberry.ID(question.poll.id),
            question=question.poll.question,
            about=Drink.of(question.about) if question.about else None,
            options=_options(request, question),
        )


@described.object_type
class DuePoll:
    """The question that is due, if any."""

    poll: Poll | None = strawberry.field(
        description="Null: ask nothing now. Questions are few, and rest after one not answered."
    )


@described.object_type
class PollAnswered:
    """The answer counts from the next list on."""

    declare: Declaration | None = strawberry.field(
        description="Where the person is to declare this now; nothing was kept of the answer."
    )
    me: Me


DuePollResult = Annotated[DuePoll | NotSignedIn | GraphAway, strawberry.union("DuePollResult")]
AnswerPollResult = Annotated[
    PollAnswered | InvalidInput | NotSignedIn | GraphAway, strawberry.union("AnswerPollResult")
]


@strawberry.type
class PollQueries:
    """What somebody is asked."""

    @described.field
    @expected
    async def due_poll(self, info: Info[Any, Any]) -> DuePollResult:
        """The one question to ask you now, if any; asking for it counts as having been asked.

        For half an hour it stays the same, until it is answered. Nobody is asked who refused
        personal lists or to be remembered.
        """
        request = context_of(info)
        question = await request.dependencies.polling.due(request.signed_in())
        return DuePoll(poll=Poll.of(request, question) if question else None)


@strawberry.type
class PollMutations:
    """What somebody answers."""

    @described.mutation
    @expected
    async def answer_poll(
        self,
        info: Info[Any, Any],
        ask_id: strawberry.ID,
        option_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description='Null says "not now": no question for some days.'),
        ] = None,
    ) -> AnswerPollResult:
        """Answer a question; the first answer counts. The next list follows it."""
        request = context_of(info)
        user_id = request.signed_in()
        try:
            chosen = str(option_id) if option_id is not None else None
            poll = await request.dependencies.polling.answer(user_id, str(ask_id), chosen)
        except PollRefused as refused:
            argument = "askId" if isinstance(refused, PollNotAsked) else "optionId"
            raise invalid(argument, refused.message, refused.advice) from refused
        profile = await request.dependencies.snapshots.profile(user_id, fresh=True)
        declare = Declaration(poll.declare) if poll.declare and option_id is not None else None
        return PollAnswered(declare=declare, me=Me.of(profile))


def _options(request: Context, question: Question) -> list[PollOption]:
    if question.offer is None:
        return [
            PollOption(id=strawberry.ID(option.id), text=option.text, offer=None)
            for option in question.poll.options
        ]
    explanation = explanation_of(request, question.offer)
    return [
        PollOption(
            id=strawberry.ID(item.drink.id),
            text=item.drink.name,
            offer=Recommendation.of(item, explanation),
        )
        for item in question.offer.items
    ]
