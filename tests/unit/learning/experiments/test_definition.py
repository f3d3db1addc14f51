"""A definition says what it means or is refused, naming the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from learning.errors import ExperimentRefused
from learning.experiments.definition import experiment_of, read_experiment
from tests.support.experiments import definition

TEXT = """
id = "fruity-evenings"
hypothesis = "Fruity drinks first sell more"
share = 0.5
metrics = ["conversion"]
guardrails = ["click-through"]

[[arms]]
name = "as-is"
weight = 3

[[arms]]
name = "fruity"
boosts = [{attribute = "flavor", id = "fruity", factor = 2}]
"""


def test_a_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "fruity.toml"
    file.write_text(TEXT, encoding="utf-8")
    experiment = read_experiment(file)
    assert experiment.size == 5_000 and experiment.weights == (7_500, 2_500)
    assert experiment.shares == {"as-is": 0.75, "fruity": 0.25}
    assert experiment.measured == ("conversion", "click-through")
    assert experiment.window == 24 * 3_600_000
    [boost] = experiment.arms[1].boosts
    assert (boost.boost.attribute.name, boost.boost.factor) == ("FLAVOR", 2)
    kept = experiment.model_dump(mode="json", exclude_defaults=True)
    assert experiment_of(kept, "kept") == experiment


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": "Has Spaces"}, "id:"),
        ({"hypothesis": ""}, "hypothesis:"),
        ({"unit": "session"}, "unit:"),
        ({"share": 0}, "share:"),
        ({"share": float("nan")}, "share:"),
        ({"metrics": []}, "metrics:"),
        ({"metrics": ["happiness"]}, "metrics: there is no metric 'happiness'"),
        ({"guardrails": ["refunds"]}, "guardrails: there is no metric 'refunds'"),
        ({"window_hours": 0}, "window_hours:"),
        ({"arms": [{"name": "a"}, {"name": "b", "page": "<b>"}]}, "arms.1.page:"),
        ({"currency": "euro"}, "currency:"),
        ({"metrics": ["retention"]}, "'retention' needs window_hours of 48 or more"),
        ({"surprise": 1}, "the key 'surprise' is unknown"),
        ({"arms": [{"name": "alone"}]}, "arms:"),
        ({"arms": [{"name": "same"}, {"name": "same"}]}, "arms: two arms have the same name"),
        ({"arms": [{"name": "a"}, {"name": "b", "weight": 1e-9}]}, "arms: an arm's weight"),
        ({"arms": [{"name": "a"}, {"name": "b", "diversity": 2}]}, "arms.1.diversity:"),
        ({"arms": [{"name": "a"}, {"name": "b", "weight": float("inf")}]}, "arms.1.weight:"),
        (
            {"arms": [{"name": "a"}, {"name": "b", "boosts": [
                {"attribute": "kind", "id": "tea", "factor": 99}]}]},
            "arms.1.boosts: factor 99",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ExperimentRefused) as refused:
        definition(**changes)
    assert fault in refused.value.message


def test_a_missing_key_and_a_file_that_is_none_are_named(tmp_path: Path) -> None:
    with pytest.raises(ExperimentRefused, match="the key 'hypothesis' is missing"):
        experiment_of({"id": "x"}, "x")
    file = tmp_path / "broken.toml"
    file.write_text("id = ", encoding="utf-8")
    with pytest.raises(ExperimentRefused, match=r"broken\.toml is not TOML"):
        read_experiment(file)
    with pytest.raises(ExperimentRefused, match=r"none\.toml cannot be read"):
        read_experiment(tmp_path / "none.toml")
