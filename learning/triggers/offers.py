"""Offers that were triggered: which hold for a person, and their drinks past both checks."""

from __future__ import annotations

from dataclasses import dataclass

from graph.audience.triggers import Fired, load_fired
from graph.clock import Clock, milliseconds, utc_now
from graph.connection import Graph
from graph.people.profiles import Profile
from learning.audience import HOUR, may_be_asked
from learning.triggers.definition import Trigger, Triggers
from recommend.ranking.pipeline import RecommendationList
from recommend.ranking.recommender import Recommender
from recommend.ranking.request import RecommendationRequest

MOST_OFFERS = 3


@dataclass(frozen=True)
class Offer:
    """What a trigger offers to a person; its drinks are chosen and checked as it is asked for."""

    trigger: Trigger
    fired: Fired
    drinks: RecommendationList


class Offers:
    """The offers and polls that triggers have made, while they hold."""

    def __init__(
        self, graph: Graph, recommender: Recommender, triggers: Triggers, clock: Clock = utc_now
    ) -> None:
        self._graph = graph
        self._recommender = recommender
        self._triggers = triggers
        self._clock = clock

    @property
    def triggers(self) -> Triggers:
        """The rules that make them."""
        return self._triggers

    async def of(self, user_id: str, profile: Profile) -> list[Offer]:
        """Return up to three offers that hold now, the newest first. Raises a GraphError.

        No drink is kept with an offer: each is chosen anew from what is safe now.
        """
        found: list[Offer] = []
        for trigger, fired in await self._holding(user_id, profile, "offer"):
            request = RecommendationRequest(user_id, trigger.then.drinks)
            if trigger.then.like == "the-drink":
                drinks = await self._recommender.similar(request, fired.drink_id)
            else:
                drinks = await self._recommender.recommend(request)
            if drinks.items:
                found.append(Offer(trigger, fired, drinks))
            if len(found) == MOST_OFFERS:
                break
        return found

    async def polls(self, user_id: str, profile: Profile) -> list[tuple[str, Fired]]:
        """Return the ids of the polls that triggers ask next, the newest first."""
        holding = await self._holding(user_id, profile, "poll")
        return [(str(trigger.then.poll), fired) for trigger, fired in holding]

    async def _holding(
        self, user_id: str, profile: Profile, action: str
    ) -> list[tuple[Trigger, Fired]]:
        if not (may_be_asked(profile) and profile.marketing) or not any(
            trigger.then.action == action for trigger in self._triggers.triggers
        ):
            return []
        now = milliseconds(self._clock())
        fired = await load_fired(self._graph, user_id, now - self._triggers.longest * HOUR)
        known = [(self._triggers.trigger(each.trigger_id), each) for each in fired]
        return [
            (trigger, each)
            for trigger, each in known
            if trigger and trigger.then.action == action and each.until > now
        ]
