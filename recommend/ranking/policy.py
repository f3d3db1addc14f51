"""What decides how a list is ranked beyond what was asked: experiments, exploration.

A policy only says how to rank. For whom, which drinks, and the gate are none of its business: the
recommender takes nothing else from it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from graph.experiments.exposures import Exposure
from graph.people.profiles import Profile
from recommend.ranking.drawing import Exploration
from recommend.ranking.interleaving import Team
from recommend.ranking.request import RecommendationRequest
from recommend.ranking.reranking import RerankingOptions


@dataclass(frozen=True)
class Plan:
    """How to rank: the controls, another model than the active one, and the arms that say so.

    `exploration` draws the drinks from those that are ranked best; `teams`, if there are any, are
    rankings to interleave instead. `page` is which variant of the page shows the list.
    """

    reranking: RerankingOptions
    model: str | None = None
    exposures: tuple[Exposure, ...] = ()
    exploration: Exploration | None = None
    teams: tuple[Team, ...] = ()
    page: str | None = None

    def applied(self, request: RecommendationRequest) -> RecommendationRequest:
        """Return the request, ranked like this; the rest of it stays."""
        return replace(
            request,
            reranking=self.reranking,
            model=self.model,
            exposures=self.exposures,
            exploration=self.exploration,
            teams=self.teams,
            page=self.page,
        )


class Policy(Protocol):
    """Decides how the list of a request is ranked."""

    async def plan(self, request: RecommendationRequest, profile: Profile) -> Plan:
        """Return how to rank. Raises a GraphError."""
        ...


class AsAsked:
    """Ranks each list as it was asked for."""

    async def plan(self, request: RecommendationRequest, profile: Profile) -> Plan:
        """Return the controls of the request."""
        return Plan(request.reranking, request.model)
