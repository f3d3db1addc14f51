"""The arms of running experiments as a policy of ranking: who is in which, and what it changes."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace

from events.impressions import AS_RANKED
from graph.experiments.exposures import Exposure
from graph.experiments.records import RunningExperiment
from graph.people.profiles import Profile
from learning.assignment.allocation import Allocation, is_held_out
from learning.errors import ExperimentRefused
from learning.experiments.definition import Arm, Experiment, experiment_of
from learning.experiments.holdout import HOLDOUT_ID, holdout_exposure
from learning.policies.book import PolicyBook
from recommend.ranking.interleaving import Team
from recommend.ranking.policy import Plan
from recommend.ranking.request import RecommendationRequest
from recommend.ranking.reranking import RerankingOptions
from recommend.tracking.impressions import Shown

LookUpShown = Callable[[str], Awaitable[Shown]]

log = logging.getLogger("tastegraph.experiments")


@dataclass(frozen=True)
class _Running:
    definition: Experiment
    allocation: Allocation
    stopped: frozenset[str]

    def admits(self, profile: Profile) -> bool:
        """Return whether somebody may come in: everybody, or who is in one of its segments."""
        wanted = self.definition.segments
        return not wanted or not set(wanted).isdisjoint(profile.segments)

    def chosen(self, unit: str) -> tuple[Arm, Exposure] | None:
        """Return the arm that ranks for a unit, and its exposure; None if it is not in it.

        Who was drawn for an arm that was stopped gets the control's lists, and stays in that arm.
        """
        place = self.allocation.arm_of(unit)
        if place is None:
            return None
        arm = self.definition.arms[place]
        bucket = self.allocation.bucket_of(unit)
        exposure = Exposure(self.definition.id, arm.name, bucket)
        return self.definition.arms[0] if arm.name in self.stopped else arm, exposure


class ExperimentPolicy:
    """Ranks the lists of people who are in an experiment as their arms say.

    Nobody is in one who does not want personal lists or does not want to be remembered; and while
    a model of one of its arms is not loaded, nobody is in that experiment at all.
    """

    def __init__(
        self,
        shown: LookUpShown,
        holdout: float = 0.0,
        *,
        on: bool = True,
        policies: PolicyBook | None = None,
        policy: str = AS_RANKED,
    ) -> None:
        """Begin without experiments; `shown` looks up what a person was shown, for rotation.

        `policy` draws the lists of those whose arms name none.
        """
        self._policies = policies or PolicyBook()
        self._policy = policy
        self._shown = shown
        self._holdout = holdout
        self._on = on
        self._known: Sequence[RunningExperiment] = ()
        self._running: tuple[_Running, ...] = ()
        self._models: frozenset[str] = frozenset()
        self._ready: tuple[_Running, ...] = ()

    @property
    def models(self) -> set[str]:
        """The versions of all models that arms name."""
        return set[str]().union(*(running.definition.models for running in self._running))

    @property
    def draws_by(self) -> set[str]:
        """The names of the policies that draw lists now."""
        arms = (arm for running in self._running for arm in running.definition.arms)
        return {self._policy} | {arm.policy for arm in arms if arm.policy}

    def use(self, experiments: Sequence[RunningExperiment]) -> None:
        """Assign people to these experiments from now on; one that cannot be read is left out."""
        if experiments == self._known:
            return
        running: list[_Running] = []
        for experiment in experiments:
            try:
                definition = experiment_of(experiment.definition, experiment.id)
            except ExperimentRefused as refused:
                log.error("%s", refused.message)
                continue
            allocation = definition.allocation(experiment.first, experiment.size, experiment.ramp)
            running.append(_Running(definition, allocation, experiment.stopped_arms))
        self._known, self._running = experiments, tuple(running)
        self.use_models(self._models)

    def use_models(self, versions: Collection[str]) -> None:
        """Say which models are loaded."""
        self._models = frozenset(versions)
        self._ready = tuple(
            running for running in self._running if running.definition.models <= self._models
        )

    async def plan(self, request: RecommendationRequest, profile: Profile) -> Plan:
        """Return the ranking that the person's arms say, one experiment after another."""
        unit, plan = request.user_id, Plan(request.reranking, request.model)
        if unit is None or not self._may_take_part(profile):
            return plan
        if self._measures_holdout:
            plan = replace(plan, exposures=(holdout_exposure(unit, self._holdout),))
        if is_held_out(unit, self._holdout):
            return plan
        plan = replace(plan, exploration=self._policies.exploration(self._policy))
        for running in self._ready:
            if running.admits(profile) and (chosen := running.chosen(unit)):
                plan = await self._planned(plan, running, *chosen, unit)
        return plan

    @property
    def _measures_holdout(self) -> bool:
        return self._holdout > 0 and any(known.id == HOLDOUT_ID for known in self._known)

    def _may_take_part(self, profile: Profile) -> bool:
        agreed = profile.personalisation and profile.remembering and profile.experiments
        return self._on and agreed

    async def _planned(
        self, plan: Plan, running: _Running, arm: Arm, exposure: Exposure, unit: str
    ) -> Plan:
        """Return the plan as an arm changes it, or with both arms as teams."""
        exposed = replace(plan, exposures=(*plan.exposures, exposure), page=arm.page or plan.page)
        if running.definition.interleave:
            teams = [
                Team(
                    one.name,
                    await self._controlled(plan.reranking, one, unit),
                    one.model or plan.model,
                )
                for one in running.definition.arms
            ]
            return replace(exposed, teams=tuple(teams), model=None, exploration=None)
        return replace(
            exposed,
            reranking=await self._controlled(plan.reranking, arm, unit),
            model=arm.model or plan.model,
            exploration=self._policies.exploration(arm.policy) if arm.policy else plan.exploration,
        )

    async def _controlled(
        self, reranking: RerankingOptions, arm: Arm, unit: str
    ) -> RerankingOptions:
        """Return the controls as an arm has them."""
        controls = {
            "diversity": arm.diversity,
            "impression_discount": arm.rotation,
            "minimum_relevance": arm.minimum_relevance,
            "boosts": tuple(boost.boost for boost in arm.boosts) or None,
        }
        changed = {name: value for name, value in controls.items() if value is not None}
        if arm.rotation and not reranking.shown:
            shown = await self._shown(unit)
            changed |= {"shown": shown.at, "now": shown.now}
        return replace(reranking, **changed) if changed else reranking
