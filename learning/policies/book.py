"""The policies there are, by name, over what was earned so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from events.impressions import AS_RANKED
from learning.policies.learned import LinUcb, Thompson
from learning.policies.rewards import Rewards
from learning.policies.simple import AsRanked, EpsilonGreedy, NewDrinks
from recommend.ranking.drawing import Exploration, Explorer


@dataclass(frozen=True)
class PolicyBook:
    """One of each policy; the chances of all others are noted beside those of the one that draws.

    So what happened under one says what would have happened under another, without anybody
    having to keep which drinks there were to choose from.
    """

    rewards: Rewards = field(default_factory=Rewards)

    def exploration(self, name: str) -> Exploration | None:
        """Return what draws lists; None for `none`. Raises KeyError for an unknown name."""
        if name == AS_RANKED:
            return None
        policies = self._policies
        policy = policies[name]
        return Exploration(policy, [other for other in policies.values() if other is not policy])

    @property
    def _policies(self) -> Mapping[str, Explorer]:
        policies: tuple[Explorer, ...] = (
            AsRanked(),
            EpsilonGreedy(),
            Thompson(self.rewards),
            LinUcb(self.rewards),
            NewDrinks(self.rewards),
        )
        return {policy.name: policy for policy in policies}
