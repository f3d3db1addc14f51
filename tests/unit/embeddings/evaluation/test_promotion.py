"""The gate on numbers, one against each check; and what is measured, on graphs known by design."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse

from embeddings.data.dataset import TrainingGraph
from embeddings.data.splitting import split
from embeddings.evaluation.promotion import (
    Active,
    Assessment,
    Bounds,
    Counts,
    CoverageAndBias,
    PromotionDecision,
    Slice,
    judge,
)
from embeddings.evaluation.sanity import (
    SanityChecks,
    effective_rank,
    sanity_checks,
    twins,
    variance_by_person,
)
from embeddings.evaluation.slices import (
    Comparison,
    average_ranks,
    compare,
    first_lists,
    ndcg_of,
    percentiles,
    safely_wanted,
)
from embeddings.registry.lineage import Lineage, code_version
from embeddings.registry.store import ModelStore
from embeddings.serving.artefact import ModelArtefact
from embeddings.training.candidate_evaluation import (
    ALLERGIC,
    COLD,
    SHORT,
    Evaluator,
    reference_config,
)
from embeddings.training.config import TrainingConfig
from embeddings.training.pipeline import retrain
from tests.unit.embeddings.worlds import QUICK, converts

SOUND = SanityChecks(True, 30.0, 400, 0.0, 0.5)
BETTER = Comparison(500, 0.3, 0.2, 0.01)
SAME = Comparison(500, 0.3, 0.3, 0.01)
WORSE = Comparison(500, 0.2, 0.3, 0.01)
COVERAGE_AND_BIAS = CoverageAndBias(0.5, 0.1, None, 0.8, 0.7)
COUNTS = Counts(400, 2000, 40000)
GOOD = Assessment(
    SOUND,
    COUNTS,
    recorded=(0.3, 0.01),
    overall=Slice(BETTER, SAME),
    slices={COLD: Slice(BETTER, SAME), SHORT: Slice(BETTER, SAME), ALLERGIC: Slice(BETTER, SAME)},
    coverage_and_bias=COVERAGE_AND_BIAS,
)
ACTIVE = Active("20261121T080000Z-0123abcd", "data-1", 0.3, COUNTS)


def judged(
    active: Active | None = ACTIVE, data: str = "data-1", **changed: object
) -> PromotionDecision:
    return judge(dataclasses.replace(GOOD, **changed), active, data)


def failed(decision: PromotionDecision) -> list[str]:
    return [check.name for check in decision.failed]


def test_a_good_model_passes_and_every_check_is_kept_with_its_reason() -> None:
    decision = judged()
    assert decision.passed and len(decision.checks) == 16
    assert len({check.name for check in decision.checks}) == 16
    assert all(check.passed and check.sentence for check in decision.checks)
    assert decision.reason == "NDCG 0.3000 beats popularity 0.2000; 16 checks passed"
    assert [check["name"] for check in decision.plain()] == [
        check.name for check in decision.checks
    ]


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"sanity_checks": dataclasses.replace(SOUND, finite=False)}, "finite"),
        ({"sanity_checks": dataclasses.replace(SOUND, effective_rank=1.2)}, "effective rank"),
        ({"sanity_checks": dataclasses.replace(SOUND, alike=0.9)}, "twins"),
        ({"sanity_checks": dataclasses.replace(SOUND, by_person=0.0)}, "differs by person"),
        ({"overall": Slice(WORSE, SAME)}, "popularity"),
        ({"overall": Slice(BETTER, WORSE)}, "active model's settings"),
        ({"recorded": (0.25, 0.01)}, "active model's record"),
        ({"slices": {COLD: Slice(WORSE, SAME)}}, "cold drinks, popularity"),
        ({"slices": {SHORT: Slice(BETTER, WORSE)}}, "short histories, active model"),
        ({"slices": {ALLERGIC: Slice(BETTER, WORSE)}}, "many allergies, active model"),
        ({"coverage_and_bias": dataclasses.replace(COVERAGE_AND_BIAS, coverage=0.04)}, "coverage"),
        (
            {
                "coverage_and_bias": dataclasses.replace(
                    COVERAGE_AND_BIAS, active_coverage=1.0, coverage=0.4
                )
            },
            "coverage",
        ),
        (
            {"coverage_and_bias": dataclasses.replace(COVERAGE_AND_BIAS, chosen_percentile=0.3)},
            "popularity bias",
        ),
        ({"counts": Counts(400, 2000, 10000)}, "data"),
    ],
)
def test_a_model_that_is_bad_in_one_way_is_refused_for_that(
    changed: dict[str, object], name: str
) -> None:
    decision = judged(**changed)
    assert failed(decision) == [name]
    assert decision.reason == decision.failed[0].sentence


def test_a_model_refused_for_two_reasons_says_both() -> None:
    decision = judged(overall=Slice(WORSE, SAME), counts=Counts(400, 2000, 10000))
    assert decision.reason.count("; ") == 1 and "does not beat popularity" in decision.reason


def test_too_few_people_are_no_measurement() -> None:
    few = dataclasses.replace(WORSE, people=Bounds().fewest_people - 1)
    decision = judged(slices={COLD: Slice(few, few)})
    assert decision.passed
    assert [check.passed for check in decision.checks if check.name.startswith(COLD)] == [
        None,
        None,
    ]
    assert "2 not measured" in decision.reason


def test_a_difference_within_two_standard_errors_is_chance() -> None:
    slightly = Comparison(500, 0.29, 0.30, 0.006)
    assert judged(overall=Slice(BETTER, slightly)).passed
    surely = Comparison(500, 0.29, 0.30, 0.004)
    assert failed(judged(overall=Slice(BETTER, surely))) == ["active model's settings"]


def test_on_other_data_the_record_counts_loosely() -> None:
    assert judged(data="data-2", recorded=(0.25, 0.01)).passed
    assert failed(judged(data="data-2", recorded=(0.18, 0.01))) == ["active model's record"]


def test_with_nothing_held_out_only_the_first_model_passes() -> None:
    nothing = {"overall": None, "slices": {}, "coverage_and_bias": None}
    assert judged(active=None, **nothing).passed
    refused = judged(**nothing)
    assert not refused.passed and "nothing could be held out" in refused.reason


def test_the_same_settings_need_no_second_training() -> None:
    config = TrainingConfig(seed=3, choice=False)
    told = dataclasses.asdict(config)
    assert reference_config(None, config) is None
    assert reference_config({**told, "seed": 7, "threads": 2, "of_tomorrow": 1}, config) is None
    other = reference_config({**told, "ridge": 8.0}, config)
    assert other == dataclasses.replace(config, ridge=8.0)


# what is measured


def test_ranks_and_places_by_popularity_share_ties() -> None:
    values = np.array([5, 1, 1, 9], dtype=np.float32)
    assert average_ranks(values).tolist() == [3.0, 1.5, 1.5, 4.0]
    assert percentiles(values).tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6, 1.0])


def test_collapse_is_seen_in_directions_twins_and_people() -> None:
    random = np.random.default_rng(1)
    line = np.outer(random.standard_normal(50), np.ones(8)).astype(np.float32)
    assert effective_rank(line) == pytest.approx(1.0, abs=1e-3)
    assert effective_rank(np.eye(8, dtype=np.float32)) == pytest.approx(8.0)
    assert effective_rank(np.zeros((5, 8), dtype=np.float32)) == 0.0
    assert twins(np.abs(line)) == 1.0
    assert twins(np.eye(8, dtype=np.float32)) == 0.0
    people = np.arange(30)
    row = random.standard_normal(40).astype(np.float32)
    assert variance_by_person(lambda some: np.tile(row, (some.size, 1)), people, 40) == (
        pytest.approx(0.0, abs=1e-9)
    )
    table = random.standard_normal((30, 40)).astype(np.float32)
    variance = variance_by_person(lambda some: table[some], people, 40)
    assert variance and variance > 0.8
    assert variance_by_person(lambda some: table[some] * np.nan, people, 40) is None
    assert variance_by_person(lambda some: table[some], people[:0], 40) is None


def test_numbers_that_are_not_finite_are_seen(artefact: ModelArtefact) -> None:
    popularity = np.full(len(artefact.drinks), 9, dtype=np.float32)
    assert sanity_checks(artefact, popularity, 0.5).finite
    arrays = {**artefact.arrays, "default": artefact.arrays["default"] * np.nan}
    broken = dataclasses.replace(artefact, arrays=arrays)
    assert not sanity_checks(broken, popularity, 0.5).finite


def matrix(rows: list[list[int]]) -> sparse.csr_array:
    return sparse.csr_array(np.array(rows, dtype=np.float32))


def test_lists_hold_only_what_is_allowed_and_not_had() -> None:
    scores = np.array([[4, 3, 2, 1], [1, 2, 3, 4]], dtype=np.float32)
    masked = matrix([[1, 0, 0, 0], [0, 0, 0, 0]])
    allowed = np.array([True, False, True, True])
    people = np.array([0, 1])
    free = first_lists(lambda some: scores[some].copy(), masked, people, 3)
    assert free.tolist() == [[1, 2, 3], [3, 2, 1]]
    safe = first_lists(lambda some: scores[some].copy(), masked, people, 3, lambda _: allowed)
    assert safe.tolist() == [[2, 3, -1], [3, 2, 0]]
    wanted = safely_wanted(matrix([[0, 1, 0, 1], [0, 0, 0, 0]]), {0: allowed, 1: allowed}, people)
    assert wanted.toarray().tolist() == [[0, 0, 0, 1], [0, 0, 0, 0]]
    ndcg = ndcg_of(safe, people, wanted)
    assert ndcg[0] == pytest.approx(1 / np.log2(3)) and np.isnan(ndcg[1])
    assert compare(ndcg, ndcg) == Comparison(1, ndcg[0], ndcg[0], 0.0)


def examined(
    graph: TrainingGraph, before: TrainingConfig | None, safe: dict[str, np.ndarray]
) -> tuple[Assessment, ModelArtefact]:
    bounds = dataclasses.replace(Bounds(), k=5, fewest_people=5)
    told = dataclasses.asdict(before) if before else None
    evaluator = Evaluator(told, safe, bounds)
    config = dataclasses.replace(QUICK, choice=False)
    artefact = retrain(graph, config, examine=evaluator.examine).artefact
    return evaluator.assessment(artefact, graph), artefact


@pytest.fixture(scope="module")
def even_graph() -> TrainingGraph:
    return converts(people=120)


def test_a_model_is_measured_against_popularity_and_the_active_settings(
    even_graph: TrainingGraph,
) -> None:
    drinks = len(even_graph.drinks)
    none_safe, half = np.zeros(drinks, dtype=bool), np.arange(drinks) < drinks // 2
    safe = {"user-0": none_safe, "nobody": half} | {f"user-{n}": half for n in range(1, 40)}
    steady = dataclasses.replace(QUICK, recency=0.0)
    assessment, artefact = examined(even_graph, steady, safe)
    assert assessment.overall and assessment.coverage_and_bias and assessment.overall.active
    assert assessment.overall.popularity.people == 120
    assert assessment.overall.popularity.difference > 0.0
    assert assessment.overall.active.difference > 0.0  # the latest drinks say most there
    assert not assessment.same_settings
    assert assessment.slices[SHORT].popularity.people == 0
    allergic = assessment.slices[ALLERGIC]
    held = split(even_graph, 0).holdout[1:40].toarray()
    assert allergic.popularity.people == int((held[:, half] > 0).any(axis=1).sum())
    assert assessment.counts == Counts(drinks, 120, len(even_graph.events))
    decision = judge(assessment, None, artefact.fingerprint, dataclasses.replace(Bounds(), k=5))
    assert decision.passed, decision.reason


def test_a_model_that_gives_everybody_the_same_is_refused(even_graph: TrainingGraph) -> None:
    # so much of the average person that nothing of the person is left
    config = dataclasses.replace(QUICK, choice=False, prior_weight=1e6)
    evaluator = Evaluator(dataclasses.asdict(dataclasses.replace(QUICK, choice=False)))
    artefact = retrain(even_graph, config, examine=evaluator.examine).artefact
    decision = judge(evaluator.assessment(artefact, even_graph), ACTIVE, "data-2")
    assert {"differs by person", "popularity"} <= set(failed(decision))


def test_lineage_says_where_a_model_comes_from(
    graph: TrainingGraph, artefact: ModelArtefact, tmp_path: Path
) -> None:
    lineage = Lineage.of(artefact, graph, "20261121T080000Z-0123abcd", 1.5, "anna")
    assert lineage.parent == "20261121T080000Z-0123abcd" and lineage.trained_by == "anna"
    assert (lineage.drinks, lineage.people, lineage.events) == (
        len(graph.drinks),
        len(graph.users),
        len(graph.events),
    )
    assert lineage.seed == QUICK.seed and lineage.training["recency"] == QUICK.recency
    assert lineage.code == code_version() and "+" in lineage.code
    told = dataclasses.replace(artefact, settings={**artefact.settings, "lineage": lineage.plain()})
    store = ModelStore(tmp_path / "models")
    store.write(told)
    assert store.load(told.version).settings["lineage"] == lineage.plain()
