"""Guardrails: an experiment that does harm, beyond doubt, is stopped without anybody watching."""

from __future__ import annotations

from graph.clock import Clock, milliseconds
from graph.connection import Graph
from graph.experiments.metrics import METRICS
from graph.experiments.records import ExperimentState, change_experiment, experiments
from learning.errors import ExperimentRefused
from learning.experiments import lifecycle
from learning.experiments.lifecycle import Step
from learning.results.measuring import MetricSequence, measure
from learning.results.verdict import harmed

GUARD = "guardrail"


async def stop_harmful(graph: Graph, clock: Clock) -> list[str]:
    """Stop every running experiment of which a guardrail is broken; return why, one each.

    Raises a GraphError.
    """
    stopped: list[str] = []
    for record in await experiments(graph):
        if record.state is not ExperimentState.RUNNING:
            continue
        definition, now = lifecycle.definition_of(record), milliseconds(clock())
        if not definition.guardrails:
            continue
        broken = harmed(definition, await measure(graph, record, now, definition.guardrails))
        if broken and await _stopped(
            graph, record.id, Step(GUARD, now, _why(broken, definition.currency))
        ):
            stopped.append(
                f"The experiment {record.id} was stopped: {_why(broken, definition.currency)}"
            )
    return stopped


async def _stopped(graph: Graph, experiment: str, step: Step) -> bool:
    """Stop it; return False if somebody else, perhaps another server, was faster."""
    try:
        await change_experiment(graph, lambda records: lifecycle.stopped(records, experiment, step))
    except ExperimentRefused:
        return False
    return True


def _why(broken: list[MetricSequence], currency: str) -> str:
    return "; ".join(_harm(sequence, currency) for sequence in broken)


def _harm(sequence: MetricSequence, currency: str) -> str:
    more = "more" if METRICS[sequence.metric].fewer_is_better else "less"
    told, said = f"{sequence.arm} has {more} {sequence.metric}", sequence.in_words(currency)
    if look := sequence.latest:
        told += f" ({said.level(look.arm)} against {said.level(look.control)})"
    return told
