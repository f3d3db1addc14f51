"""Guardrails: what does harm, beyond doubt, is stopped without anybody watching.

One arm that does harm is stopped alone; the experiment is when no arm beside the control is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from graph.clock import Clock, milliseconds
from graph.connection import Graph
from graph.experiments.metrics import METRICS
from graph.experiments.records import (
    Change,
    ExperimentRecord,
    ExperimentState,
    change_experiment,
    experiments,
)
from learning.errors import ExperimentRefused
from learning.experiments import lifecycle
from learning.experiments.lifecycle import Step
from learning.results.measuring import MetricSequence, measure
from learning.results.verdict import harmed

GUARD = "guardrail"


async def stop_harmful(graph: Graph, clock: Clock) -> list[str]:
    """Stop every arm that broke a guardrail of its running experiment; return what was done.

    Raises a GraphError.
    """
    stopped: list[str] = []
    for record in await experiments(graph):
        if record.state is not ExperimentState.RUNNING:
            continue
        definition, now = lifecycle.definition_of(record), milliseconds(clock())
        if not definition.guardrails:
            continue
        findings = await measure(graph, record, now, definition.guardrails)
        broken = harmed(definition, findings)
        stopped += await _stop(
            graph, record, [each for each in broken if each.arm not in record.stopped_arms], now
        )
    return stopped


async def _stop(
    graph: Graph, record: ExperimentRecord, broken: Sequence[MetricSequence], now: int
) -> list[str]:
    """Stop the arms that broke guardrails, or everything if no other is left."""
    if not broken:
        return []
    definition = lifecycle.definition_of(record)
    control, *others = definition.shares
    gone = {sequence.arm for sequence in broken} | record.stopped_arms.keys()
    if gone >= set(others):
        why = _why(broken, definition.currency)
        change = partial(lifecycle.stopped, experiment=record.id, step=Step(GUARD, now, why))
        done = await _done(graph, change)
        return [f"The experiment {record.id} was stopped: {why}"] if done else []
    stopped: list[str] = []
    for arm in dict.fromkeys(sequence.arm for sequence in broken):
        own = [sequence for sequence in broken if sequence.arm == arm]
        why = _why(own, definition.currency)
        step = Step(GUARD, now, why)
        change = partial(lifecycle.arm_stopped, experiment=record.id, arm=arm, step=step)
        if await _done(graph, change):
            stopped.append(f"{arm} of the experiment {record.id} was stopped, for {control}: {why}")
    return stopped


async def _done(graph: Graph, change: Change) -> bool:
    """Make a change; return False if somebody else, perhaps another server, was faster."""
    try:
        await change_experiment(graph, change)
    except ExperimentRefused:
        return False
    return True


def _why(broken: Sequence[MetricSequence], currency: str) -> str:
    return "; ".join(_harm(sequence, currency) for sequence in broken)


def _harm(sequence: MetricSequence, currency: str) -> str:
    more = "more" if METRICS[sequence.metric].fewer_is_better else "less"
    harm, words = f"{sequence.arm} has {more} {sequence.metric}", sequence.in_words(currency)
    if look := sequence.latest:
        harm += f" ({words.level(look.arm)} against {words.level(look.control)})"
    return harm
