"""The worked example of docs/experiments.md: simulated people, the product's own statistics.

.venv/bin/python -m benchmarks.experiment_example [--draw docs/images/experiment.png]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from graph.experiments.exposures import ArmDay
from graph.experiments.outcomes import ArmOutcome
from graph.experiments.records import ExperimentRecord
from learning.experiments import lifecycle
from learning.experiments.definition import Experiment, experiment_of
from learning.experiments.lifecycle import Step
from learning.results.measuring import Findings, metric_sequences, mismatch
from learning.results.verdict import judge
from service.cli.commands.experiments.printing import print_findings

START, DAY = 1_793_000_000_000, 86_400_000
DAILY, DAYS = 1_500, 14
# How many of a hundred do it with the control, and with the other arm.
TRUTH = {"click-through": (0.20, 0.23), "conversion": (0.06, 0.06)}
DOCUMENT = {
    "id": "diverse-home",
    "hypothesis": "Lists with more variety are opened by more people",
    "metrics": ["click-through", "conversion"],
    "guardrails": ["conversion"],
    "expected_people": 11_259,
    "arms": [{"name": "as-is"}, {"name": "diverse", "diversity": 0.5}],
}


def simulated(definition: Experiment, seed: int) -> Findings:
    """Return the findings after two weeks; a third of people do what they did before."""
    random = np.random.default_rng(seed)
    in_arm = random.binomial(DAILY, 0.5, DAYS)
    exposed: list[ArmDay] = []
    outcomes: dict[str, list[ArmOutcome]] = {metric: [] for metric in definition.metrics}
    for day in range(DAYS):
        counts = (DAILY - int(in_arm[day]), int(in_arm[day]))
        for place, (arm, people) in enumerate(zip(definition.shares, counts, strict=True)):
            exposed.append(ArmDay(arm, day, people))
            for metric, chances in TRUTH.items():
                before = random.random(people) < chances[0]
                again = random.random(people) < 1 / 3
                done = np.where(again, before, random.random(people) < chances[place])
                done |= again & (random.random(people) < chances[place] - chances[0])
                sums = (done.sum(), done.sum(), before.sum(), before.sum(), (done & before).sum())
                outcomes[metric].append(ArmOutcome(arm, day + 1, people, *map(float, sums)))
    sequences = [
        sequence
        for metric, counted in outcomes.items()
        for sequence in metric_sequences(definition, metric, counted, DAYS + 1)
    ]
    people = {arm: sum(count.people for count in exposed if count.arm == arm)
              for arm in definition.shares}  # fmt: skip
    return Findings(people, mismatch(definition, exposed, DAYS + 1), tuple(sequences))


def run_record(definition: Experiment) -> ExperimentRecord:
    """Return the record of the experiment, started."""
    record = lifecycle.drafted([], definition, Step("anna", START))
    return lifecycle.started([record], record.id, 1.0, Step("anna", START))


def draw(findings: Findings, file: Path) -> None:
    """Draw both sequences, in percentage points, as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.2), sharey=True)
    for axis, sequence in zip(axes, findings.sequences, strict=True):
        looks = [look for look in sequence.looks if look.low is not None and look.high is not None]
        days = [look.day for look in looks]
        low = [100 * (look.low or 0.0) for look in looks]
        high = [100 * (look.high or 0.0) for look in looks]
        axis.fill_between(days, low, high, alpha=0.25, color="tab:blue")
        axis.plot(days, [100 * look.effect for look in looks], color="tab:blue")
        axis.axhline(0, color="black", linewidth=0.8)
        axis.set(title=sequence.metric, xlabel="day")
    axes[0].set_ylabel("diverse less as-is, points")
    figure.tight_layout()
    figure.savefig(file, dpi=110)
    pyplot.close(figure)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--draw", type=Path)
    chosen = parser.parse_args(arguments)
    definition = experiment_of(DOCUMENT, "the example")
    findings = simulated(definition, chosen.seed)
    print_findings(run_record(definition), definition, findings, judge(definition, findings))
    if chosen.draw:
        draw(findings, chosen.draw)


if __name__ == "__main__":
    main()
