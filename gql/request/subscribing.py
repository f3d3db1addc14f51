"""Subscribing: who may, to how much, and each event as a request of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TypeVar

from graphql import GraphQLError

from gql.request.context import Context
from gql.request.failures import Refusal
from recommend.watching.versions import TooManySubscriptions

Event = TypeVar("Event")


async def subscribed(
    request: Context, listen: Callable[[str], AsyncGenerator[Event]]
) -> AsyncGenerator[Event]:
    """Yield the events that `listen` has for the person who asks.

    Raises a GraphQLError for somebody who is signed out, or has too many subscriptions open.
    """
    try:
        async with aclosing(listen(_subscriber(request))) as events:
            async for event in events:
                request.renew()  # each event is answered from the graph as it is then
                yield event
    except TooManySubscriptions as error:
        raise GraphQLError(
            f"You already have {error.most} subscriptions open. Close one first.",
            extensions={"code": "TOO_MANY_SUBSCRIPTIONS"},
        ) from error


def _subscriber(request: Context) -> str:
    try:
        return request.signed_in()
    except Refusal as refusal:
        raise GraphQLError(
            refusal.failure.message, extensions={"code": "NOT_SIGNED_IN"}
        ) from refusal
