"""Expected failures: part of the schema, so that clients handle them; anything else is a fault."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Awaitable, Callable, Collection, Container, Iterable
from typing import Any, ParamSpec, TypeVar, cast

import strawberry
from graphql import GraphQLError

from events.audit.errors import AuditUnavailable
from events.log import LogUnavailable
from gql import described
from gql.request.policy import SCOPES, Role
from graph.errors import ConsentNeeded, GraphError, GuardianNeeded, PersonMerged

LOG_AWAY = "The log of events takes nothing now, so nothing was recorded."
AUDIT_AWAY = "This cannot be put on record now, so it was not done."
OWN_ALONE = "This is about the person asking, and support, an admin or an auditor is none here."
GRAPH_AWAY = "The graph did not answer, so no drink can be checked and none is returned."

log = logging.getLogger("tastegraph.graphql")

P = ParamSpec("P")
R = TypeVar("R")


@described.interface
class Failure:
    """A failure that is expected at times."""

    message: str = strawberry.field(description="What happened, for a person.")
    advice: str = strawberry.field(description="What to do about it.")


@described.object_type
class Suggested:
    """What a name may have meant: for people to choose, never a match."""

    text: str = strawberry.field(description="The text as sent.")
    id: strawberry.ID
    name: str


@described.object_type
class InvalidInput(Failure):
    """An argument cannot be used."""

    argument: str = strawberry.field(description="The argument that cannot be used.")
    suggestions: list[Suggested] = strawberry.field(
        default_factory=list,
        description="If names of allergens, ingredients or diets are not certain, what each may "
        "have meant, closest first.",
    )


@described.object_type
class NotSignedIn(Failure):
    """The request carries no token, and this needs to know who is asking."""


@described.object_type
class NotAllowed(Failure):
    """The token does not allow its bearer to do this."""


@described.object_type
class GraphAway(Failure):
    """The graph did not answer: no drink can be checked, so none is returned."""


@described.object_type
class Conflict(Failure):
    """Others were changing the same data at the time: nothing was written. Send it again."""


@described.object_type
class DrinkNotFound(Failure):
    """There is no such drink."""

    drink_id: strawberry.ID = strawberry.field(description="The id that was asked for.")


@described.object_type
class ProfileUnclear(Failure):
    """Not everything this person declared was understood, so no drink counts as safe."""

    texts: list[str] = strawberry.field(description="What was not recognised.")


@described.object_type
class AllergiesUndeclared(Failure):
    """Somebody at the table has not said what they are allergic to, so nothing is safe for
    everyone.
    """

    names: list[str] = strawberry.field(description="Who has not.")


@described.object_type
class VisitEnded(Failure):
    """The time for which a person could be looked at is over: give a reason again."""


@described.object_type
class ListExpired(Failure):
    """The list that a cursor belongs to is gone: start again without it."""


class Refusal(Exception):
    """Raised inside resolvers to answer with a failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


def invalid(argument: str, message: str, advice: str) -> Refusal:
    """An `InvalidInput`, to be raised; `advice` says what would be accepted."""
    return Refusal(InvalidInput(message=message, advice=advice, argument=argument))


def refuse_unknown(argument: str, ids: Iterable[str], known: Container[str], advice: str) -> None:
    """Refuse ids that are not among the known ones; the first five are named."""
    unknown = [id_ for id_ in map(str, ids) if id_ not in known]
    if unknown:
        raise invalid(argument, f"Not known: {', '.join(unknown[:5])}.", advice)


def not_signed_in() -> Refusal:
    """A `NotSignedIn`, to be raised."""
    return Refusal(
        NotSignedIn(
            message="Nobody is signed in.",
            advice="Send the header 'Authorization: Bearer TOKEN'.",
        )
    )


def not_allowed(roles: Collection[Role]) -> Refusal:
    """A `NotAllowed`, to be raised; it says who may."""
    able = [role for role in Role if role in roles]
    scopes = " or ".join(SCOPES[role] for role in able if role in SCOPES)
    if Role.PERSON in roles:
        message, advice = OWN_ALONE, "Use a token of the person's own, without such a scope."
    else:
        message = f"This is not for everybody: the role must be {' or '.join(able)}."
        advice = f"Use a token with the scope {scopes}."
    return Refusal(NotAllowed(message=message, advice=advice))


def expected(resolver: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Turn a refusal or an absent graph into the failure that the schema names."""

    @functools.wraps(resolver)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await resolver(*args, **kwargs)
        except Refusal as refusal:
            return cast(Any, refusal.failure)
        except ConsentNeeded as error:
            failure = InvalidInput(message=error.message, advice=error.advice, argument="consents")
            return cast(Any, failure)
        except GuardianNeeded as error:
            failure = InvalidInput(message=error.message, advice=error.advice, argument="about")
            return cast(Any, failure)
        except PersonMerged as error:
            failure = InvalidInput(
                message=error.message, advice=error.advice, argument="Authorization"
            )
            return cast(Any, failure)
        except GraphError as error:
            # the message may name hosts and users: it is for the operator's log alone
            log.warning("%s: %s", resolver.__name__, error)
            return cast(Any, GraphAway(message=GRAPH_AWAY, advice="Try again in a moment."))
        except AuditUnavailable as error:
            log.error("%s: %s", resolver.__name__, error)
            return cast(Any, GraphAway(message=AUDIT_AWAY, advice="Try again in a moment."))
        except LogUnavailable as error:
            log.warning("%s: %s", resolver.__name__, error)
            return cast(Any, GraphAway(message=LOG_AWAY, advice="Try again in a moment."))

    return guarded


def answering(work: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Turn a refusal or an absent graph into an error with a code such as GRAPH_AWAY.

    For fields that have no union to answer with: those below a result, and plain lists.
    """

    @functools.wraps(work)
    async def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await work(*args, **kwargs)
        except Refusal as refusal:
            raise coded(refusal.failure) from refusal
        except GraphError as error:
            log.warning("%s: %s", work.__name__, error)
            raise GraphQLError(GRAPH_AWAY, extensions={"code": "GRAPH_AWAY"}) from error
        except AuditUnavailable as error:
            log.error("%s: %s", work.__name__, error)
            raise GraphQLError(AUDIT_AWAY, extensions={"code": "GRAPH_AWAY"}) from error

    return guarded


def coded(failure: Failure) -> GraphQLError:
    """Return a failure as an error: its name as the code, its fields beside it."""
    code = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(failure).__name__).upper()
    left_out = {"message", "suggestions"}  # a field below a result takes ids only
    fields = {name: value for name, value in vars(failure).items() if name not in left_out}
    return GraphQLError(failure.message, extensions={"code": code, **fields})
