"""The gate: whether a model may rank, as a list of checks, each with its number and its reason.

Everything here is a function of numbers that `embeddings.training.candidate_evaluation` measured.
A check that could not be measured (too few people) neither passes nor fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from embeddings.evaluation.sanity import SanityChecks
from embeddings.evaluation.slices import Comparison


@dataclass(frozen=True)
class Bounds:
    """What a model must keep to; NDCG at `k`, on at most `most_people` people.

    A model counts as worse than a rival only if it is so by more than `standard_errors` of the
    paired difference, and in a slice by more than the share `slice_loss` of the rival's NDCG
    besides. `record_loss` is how much of the active model's recorded NDCG may be lost on other
    data. `cold_people` and `short_history` say which drinks are cold and which histories short,
    `many_allergies` who has many. `coverage` is the least share of popularity's coverage and of the
    active model's; `popularity_bias` how much more popular (in percentiles) what is recommended may
    be than what people chose.
    """

    k: int = 20
    most_people: int = 5_000
    fewest_people: int = 50
    standard_errors: float = 2.0
    slice_loss: float = 0.1
    record_loss: float = 0.25
    cold_people: int = 5
    short_history: int = 2
    many_allergies: int = 2
    coverage: float = 0.5
    popularity_bias: float = 0.4
    effective_rank: float = 2.0
    alike: float = 0.5
    by_person: float = 0.001
    data_kept: float = 0.5


@dataclass(frozen=True)
class Check:
    """One check: `passed` is None where it could not be measured."""

    name: str
    passed: bool | None
    measured: float | None
    bound: float | None
    sentence: str


@dataclass(frozen=True)
class PromotionDecision:
    """All checks of a model."""

    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing speaks against the model."""
        return not self.failed

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that speak against it."""
        return tuple(check for check in self.checks if check.passed is False)

    @property
    def reason(self) -> str:
        """Why the model is accepted or refused, in one line."""
        if self.failed:
            return "; ".join(check.sentence for check in self.failed)
        passed = [check for check in self.checks if check.passed]
        first = next((check.sentence for check in passed if check.name == "popularity"), "")
        open_ = len(self.checks) - len(passed)
        rest = f"{len(passed)} checks passed" + (f", {open_} not measured" if open_ else "")
        return f"{first}; {rest}" if first else rest

    def plain(self) -> list[dict[str, Any]]:
        """One dict a check, as `checks` in the graph and in --json."""
        return [asdict(check) for check in self.checks]


@dataclass(frozen=True)
class Slice:
    """One part of people or drinks: the model against popularity, and against the active model."""

    popularity: Comparison
    active: Comparison | None = None


@dataclass(frozen=True)
class CoverageAndBias:
    """Coverage of the model, of popularity and of the active model; bias in percentiles."""

    coverage: float
    popularity_coverage: float
    active_coverage: float | None
    shown_percentile: float
    chosen_percentile: float


@dataclass(frozen=True)
class Counts:
    """How much data a model was trained on."""

    drinks: int
    people: int
    events: int


@dataclass(frozen=True)
class Assessment:
    """What was measured of a model.

    `overall` and each of `slices` compare it with popularity and with the active model's settings
    on the same split; None and empty where nothing could be held out. `same_settings` says that
    the active model has the same, so that there is nothing to compare. `recorded` are the NDCG and
    its standard error that its record will have.
    """

    sanity_checks: SanityChecks
    counts: Counts
    recorded: tuple[float, float] = (0.0, 0.0)
    overall: Slice | None = None
    slices: Mapping[str, Slice] = field(default_factory=dict[str, Slice])
    coverage_and_bias: CoverageAndBias | None = None
    same_settings: bool = False


@dataclass(frozen=True)
class Active:
    """The active model as its record has it: NDCG on its own split, and its data."""

    version: str
    fingerprint: str
    ndcg: float | None
    counts: Counts | None


def judge(
    assessment: Assessment, active: Active | None, fingerprint: str, bounds: Bounds | None = None
) -> PromotionDecision:
    """Return the decision on a model that was trained on data of this fingerprint."""
    bounds = bounds or Bounds()
    checks = [*_sound(assessment.sanity_checks, bounds)]
    if assessment.overall is None:
        checks.append(_unmeasured(active))
    else:
        checks.append(_beats_popularity(assessment.overall.popularity))
        checks += _against_active(assessment, active, fingerprint, bounds)
        for name, part in assessment.slices.items():
            checks += _in_slice(name, part, bounds)
    if assessment.coverage_and_bias:
        checks += _coverage_and_bias(assessment.coverage_and_bias, bounds)
    checks += _data_kept(assessment.counts, active, bounds)
    return PromotionDecision(tuple(checks))


def _sound(sanity: SanityChecks, bounds: Bounds) -> list[Check]:
    said = "all its numbers are finite" if sanity.finite else "some of its numbers are not finite"
    checks = [Check("finite", sanity.finite, None, None, said)]
    if sanity.finite and sanity.drinks >= 20:
        rank, least = sanity.effective_rank, bounds.effective_rank
        said = f"the drinks' vectors use {rank:.1f} directions, at least {least:g} are needed"
        checks.append(Check("effective rank", rank >= least, rank, least, said))
    if sanity.alike is not None:
        said = f"{sanity.alike:.1%} of drinks have a twin, at most {bounds.alike:.0%} may"
        checks.append(
            Check("twins", sanity.alike <= bounds.alike, sanity.alike, bounds.alike, said)
        )
    if sanity.by_person is not None:
        share, least = sanity.by_person, bounds.by_person
        said = f"{share:.1%} of the variance of scores is between people, {least:.1%} is needed"
        checks.append(Check("differs by person", share >= least, share, least, said))
    return checks


def _unmeasured(active: Active | None) -> Check:
    said = "nothing could be held out to measure it on"
    if active is None:
        return Check("popularity", None, None, None, said)
    return Check("popularity", False, None, None, f"{said}, and there is an active model")


def _beats_popularity(comparison: Comparison) -> Check:
    better = comparison.ndcg > comparison.rival
    said = (
        f"NDCG {comparison.ndcg:.4f} {'beats' if better else 'does not beat'} "
        f"popularity {comparison.rival:.4f}"
    )
    return Check("popularity", better, comparison.ndcg, comparison.rival, said)


def _against_active(
    assessment: Assessment, active: Active | None, fingerprint: str, bounds: Bounds
) -> list[Check]:
    if active is None or assessment.overall is None:
        return []
    checks: list[Check] = []
    if assessment.same_settings:
        said = "the active model has the same settings, so the same training"
        checks.append(Check("active model's settings", True, None, None, said))
    elif assessment.overall.active is not None:
        compared = assessment.overall.active
        least = compared.rival - bounds.standard_errors * compared.standard_error
        checks.append(
            _no_worse(
                "active model's settings",
                compared.ndcg,
                least,
                f"what the active model's settings reach on the same split ({compared.rival:.4f})",
            )
        )
    if active.ndcg is not None:
        same_data = active.fingerprint == fingerprint
        checks.append(_against_record(assessment.recorded, active.ndcg, same_data, bounds))
    return checks


def _against_record(
    mine: tuple[float, float], recorded: float, same_data: bool, bounds: Bounds
) -> Check:
    ndcg, standard_error = mine
    loss = 0.0 if same_data else bounds.record_loss
    least = recorded * (1.0 - loss) - bounds.standard_errors * standard_error
    data = "on the same data" if same_data else f"on its own data, less {loss:.0%}"
    than = f"what the active model reached {data} ({recorded:.4f})"
    return _no_worse("active model's record", ndcg, least, than)


def _no_worse(name: str, ndcg: float, least: float, than: str) -> Check:
    passed = ndcg >= least
    word = "is no worse than" if passed else "is worse than"
    return Check(name, passed, ndcg, least, f"NDCG {ndcg:.4f} {word} {than}")


def _in_slice(name: str, part: Slice, bounds: Bounds) -> list[Check]:
    checks: list[Check] = []
    for rival, compared in (("popularity", part.popularity), ("active model", part.active)):
        if compared is None:
            continue
        title = f"{name}, {rival}"
        if compared.people < bounds.fewest_people:
            said = f"{name}: {compared.people} people are too few to compare with {rival}"
            checks.append(Check(title, None, compared.ndcg, None, said))
            continue
        slack = (
            bounds.standard_errors * compared.standard_error + bounds.slice_loss * compared.rival
        )
        least = compared.rival - slack
        passed = compared.ndcg >= least
        word = "no worse than" if passed else "worse than"
        said = f"{name}: NDCG {compared.ndcg:.4f} is {word} {rival} ({compared.rival:.4f})"
        checks.append(Check(title, passed, compared.ndcg, least, said))
    return checks


def _coverage_and_bias(measured: CoverageAndBias, bounds: Bounds) -> list[Check]:
    rivals = [measured.popularity_coverage, measured.active_coverage or 0.0]
    least = bounds.coverage * max(rivals)
    said = f"{measured.coverage:.1%} of drinks are shown to somebody, at least {least:.1%} must be"
    coverage = Check("coverage", measured.coverage >= least, measured.coverage, least, said)
    bias, most = (
        measured.shown_percentile - measured.chosen_percentile,
        bounds.popularity_bias,
    )
    said = (
        f"what is shown lies {bias:+.2f} percentiles of popularity from what people chose, "
        f"at most {most:+.2f} may be"
    )
    return [coverage, Check("popularity bias", bias <= most, bias, most, said)]


def _data_kept(counts: Counts, active: Active | None, bounds: Bounds) -> list[Check]:
    if active is None or active.counts is None:
        return []
    kept = {
        name: mine / before
        for name, mine in asdict(counts).items()
        if (before := asdict(active.counts)[name])
    }
    if not kept:
        return []
    name = min(kept, key=kept.__getitem__)
    said = (
        f"{kept[name]:.0%} of the {name} that the active model was trained on are there, "
        f"at least {bounds.data_kept:.0%} must be"
    )
    return [Check("data", kept[name] >= bounds.data_kept, kept[name], bounds.data_kept, said)]
