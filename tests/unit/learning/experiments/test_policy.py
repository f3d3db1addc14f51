"""Lists are ranked as the arm says, for those who take part, and for nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graph.experiments.records import RunningExperiment
from graph.people.profiles import Profile
from learning.experiments.holdout import holdout_begun
from learning.experiments.policy import ExperimentPolicy
from recommend.ranking.request import RecommendationRequest
from recommend.ranking.reranking import RerankingOptions
from recommend.tracking.impressions import Shown
from tests.support.experiments import definition, running, step

PEOPLE = [f"user-{number}" for number in range(200)]
NOW = 5.0


async def shown(user_id: str) -> Shown:
    return Shown(NOW, {"tea": 4.0})


def policy(*experiments: RunningExperiment, **options: Any) -> ExperimentPolicy:
    made = ExperimentPolicy(shown, **options)
    made.use(experiments)
    return made


def request(user: str | None) -> RecommendationRequest:
    return RecommendationRequest(user, 10, reranking=RerankingOptions(minimum_relevance=0.2))


async def arms(made: ExperimentPolicy, **profile: Any) -> dict[str, int]:
    """How many of the people are in each arm; checks that their controls are those of the arm."""
    counts = {"as-is": 0, "diverse": 0, "nowhere": 0}
    for person in PEOPLE:
        asked = request(person)
        plan = await made.plan(asked, Profile(person, **profile))
        arm = plan.exposures[0].arm if plan.exposures else "nowhere"
        counts[arm] += 1
        diversity = 0.5 if arm == "diverse" else 0.0
        assert plan.reranking == replace(asked.reranking, diversity=diversity)
    return counts


async def test_people_are_ranked_as_their_arm_says() -> None:
    counts = await arms(policy(running(definition())))
    assert counts["nowhere"] == 0 and min(counts["as-is"], counts["diverse"]) > 70


async def test_a_holdout_that_is_measured_notes_who_is_in_it_and_changes_no_list() -> None:
    begun = holdout_begun([], 0.3, step())
    measured = RunningExperiment(begun.id, begun.definition, begun.first, begun.size, begun.ramp)
    both = policy(measured, running(definition()), holdout=0.3)
    without = policy(running(definition()), holdout=0.3)
    counts = {"held-out": 0, "reached": 0}
    for person in PEOPLE:
        plan = await both.plan(request(person), Profile(person))
        other = await without.plan(request(person), Profile(person))
        first, *rest = plan.exposures
        assert first.experiment == "holdout" and tuple(rest) == other.exposures
        assert plan.reranking == other.reranking
        assert bool(rest) == (first.arm == "reached")
        counts[first.arm] += 1
    assert 30 < counts["held-out"] < 90
    refuses = await both.plan(request("ann"), Profile("ann", remembering=False))
    assert refuses.exposures == ()


async def test_an_arm_may_say_how_the_page_shows_the_list() -> None:
    arms = [{"name": "as-is"}, {"name": "short", "page": "compact"}]
    experiment = running(definition(arms=arms))
    made = policy(experiment)
    for person in PEOPLE:
        asked = request(person)
        plan = await made.plan(asked, Profile(person))
        [exposure] = plan.exposures
        assert plan.page == ("compact" if exposure.arm == "short" else None)
        assert plan.applied(asked).page == plan.page and plan.reranking == asked.reranking
    stopped = policy(replace(experiment, stopped_arms=frozenset({"short"})))
    pages = {(await stopped.plan(request(person), Profile(person))).page for person in PEOPLE}
    assert pages == {None}


async def test_who_has_a_stopped_arm_gets_the_lists_of_the_control_and_stays_in_it() -> None:
    arms = [{"name": "as-is", "diversity": 0.1}, {"name": "one", "diversity": 0.5}, {"name": "two"}]
    experiment = running(definition(arms=arms))
    before, after = policy(experiment), policy(replace(experiment, stopped_arms=frozenset({"one"})))
    for person in PEOPLE:
        first, then = [
            await made.plan(request(person), Profile(person)) for made in (before, after)
        ]
        assert first.exposures == then.exposures
        [exposure] = then.exposures
        diversity = {"as-is": 0.1, "one": 0.1, "two": 0.0}[exposure.arm]
        assert then.reranking.diversity == diversity


async def test_a_ramp_a_holdout_and_consents_leave_people_out() -> None:
    everybody = running(definition())
    assert (await arms(policy(running(definition(), ramp=0.5))))["nowhere"] > 70
    assert (await arms(policy(everybody, holdout=0.5)))["nowhere"] > 70
    nobody = {"as-is": 0, "diverse": 0, "nowhere": len(PEOPLE)}
    assert await arms(policy(everybody), personalisation=False) == nobody
    assert await arms(policy(everybody), remembering=False) == nobody
    assert await arms(policy(everybody, on=False)) == nobody
    assert await arms(policy()) == nobody
    signed_out = await policy(everybody).plan(request(None), Profile(""))
    assert signed_out.exposures == ()


async def test_rotation_knows_what_was_shown() -> None:
    rotating = [{"name": "as-is", "rotation": 1}, {"name": "diverse", "rotation": 1}]
    made = policy(running(definition(arms=rotating)))
    plan = await made.plan(request("ann"), Profile("ann"))
    assert (plan.reranking.impression_discount, plan.reranking.shown) == (1, {"tea": 4.0})
    assert plan.reranking.now == NOW


async def test_experiments_of_two_layers_are_both_applied() -> None:
    page = [{"name": "as-is", "minimum_relevance": 0.7}, {"name": "same", "minimum_relevance": 0.7}]
    made = policy(running(definition()), running(definition("other", layer="page", arms=page)))
    for person in PEOPLE[:20]:
        plan = await made.plan(request(person), Profile(person))
        assert [exposure.experiment for exposure in plan.exposures] == ["diverse-home", "other"]
        assert plan.reranking.minimum_relevance == 0.7
        diverse = plan.exposures[0].arm == "diverse"
        assert plan.reranking.diversity == (0.5 if diverse else 0.0)


async def test_nobody_is_in_an_experiment_whose_model_is_not_loaded() -> None:
    arms_ = [{"name": "as-is"}, {"name": "newer", "model": "v2"}]
    made = policy(running(definition(arms=arms_)))
    assert made.models == {"v2"}
    plans = [await made.plan(request(person), Profile(person)) for person in PEOPLE]
    assert not any(plan.exposures or plan.model for plan in plans)
    made.use_models({"v2"})
    plans = [await made.plan(request(person), Profile(person)) for person in PEOPLE]
    assert {(plan.model, plan.exposures[0].arm) for plan in plans} == {
        (None, "as-is"),
        ("v2", "newer"),
    }


async def test_an_experiment_of_a_newer_version_is_left_out(caplog: Any) -> None:
    unknown = RunningExperiment("later", {"id": "later", "mood": "blue"}, 0, 10_000, 1.0)
    counts = await arms(policy(unknown, running(definition())))
    assert counts["nowhere"] == 0 and "later" in caplog.text
