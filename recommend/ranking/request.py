"""What a list of drinks is requested with: one request, from the resolver to the gate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import orjson

from embeddings.data.dataset import FloatArray
from events.impressions import AS_RANKED, INTERLEAVED
from graph.experiments.exposures import Exposure
from graph.people.profiles import Profile
from recommend.context.model import RequestContext
from recommend.ranking.drawing import Exploration
from recommend.ranking.interleaving import Team
from recommend.ranking.reranking import NO_RERANKING, RerankingOptions
from recommend.state.filters import NO_FILTER, DrinkFilter
from recommend.state.snapshot import Snapshot

Adjustment = Callable[[Snapshot], FloatArray]


@dataclass(frozen=True)
class RecommendationRequest:
    """For whom, how many, which drinks, and what moves their order.

    `user_id` is None for somebody who is signed out; `guests` are people whom the graph does not
    know, by what they declare. `adjustment` returns what is added to scores in `context`, float32
    [drinks]; it follows from the context and the catalogue, so it does not distinguish requests.
    `model` is another one than the active one, and `exposures` are the arms that decided so.
    `exploration` draws the drinks; what it draws follows from the id of the list, or from `seed`.
    `teams` are rankings that are interleaved; then no policy draws. `page` is which variant of the
    page shows the list.
    """

    user_id: str | None
    first: int
    wanted: DrinkFilter = NO_FILTER
    exclude: tuple[str, ...] = ()
    guests: tuple[Profile, ...] = ()
    context: RequestContext | None = None
    adjustment: Adjustment | None = field(default=None, compare=False, repr=False)
    reranking: RerankingOptions = NO_RERANKING
    model: str | None = None
    exposures: tuple[Exposure, ...] = field(default=(), compare=False)
    exploration: Exploration | None = field(default=None, compare=False, repr=False)
    teams: tuple[Team, ...] = ()
    seed: str | None = field(default=None, compare=False)
    page: str | None = field(default=None, compare=False)

    @property
    def policy(self) -> str:
        """The name of the policy that draws the drinks."""
        if self.teams:
            return INTERLEAVED
        return self.exploration.policy.name if self.exploration else AS_RANKED

    def question(self) -> bytes:
        """The request as bytes: the same for requests that differ only in `first`."""
        options = self.reranking
        return orjson.dumps(
            {
                "user": self.user_id,
                "wanted": asdict(self.wanted),
                "exclude": sorted(set(self.exclude)),
                "guests": [asdict(guest) for guest in self.guests],
                "context": self.context.said() if self.context else None,
                "boosts": [asdict(boost) for boost in options.boosts],
                "diversity": options.diversity,
                "rotation": options.impression_discount,
                "minimum_relevance": options.minimum_relevance,
                "model": self.model,
                "policy": self.policy,
                "teams": [team.name for team in self.teams],
            },
            option=orjson.OPT_SORT_KEYS,
        )
