"""The stages of one training: each fits one part of the model to the graph, and reports it."""

# SciPy ships no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from functools import partial

from scipy import sparse

from embeddings.data.dataset import FloatArray, TrainingGraph
from embeddings.data.positives import positives
from embeddings.training.config import TrainingConfig
from embeddings.training.content.trainer import Content, TrainingFailed, fit_content, no_content
from embeddings.training.factors.spectral import DrinkFactors, Spectrum, spectrum
from embeddings.training.factors.svd import RandomizedSvd
from embeddings.training.factors.transitions import BY_COUNT, BY_DEGREE, item_transitions
from embeddings.training.graphsage.trainer import fit_graph
from embeddings.training.part import Part, no_part
from embeddings.training.progress import Progress, Report
from embeddings.training.runtime import TrainingRuntime


def graph_spectrum(
    graph: TrainingGraph,
    config: TrainingConfig,
    report: Report,
    runtime: TrainingRuntime | None = None,
) -> Spectrum:
    """Return who had what in the graph; raises TrainingFailed if nobody had anything."""
    pairs = positives(graph)
    if not len(pairs):
        raise TrainingFailed("no positive pairs: nothing to learn from")

    def watch(round_: int, rounds: int) -> None:
        report(Progress("directions", round_, rounds))

    runtime = runtime or TrainingRuntime()
    known = partial(runtime.last.directions, graph.drinks) if runtime.last else None
    svd = RandomizedSvd(runtime.workers, runtime.checkpoints, watch, known)
    shape = len(graph.users), len(graph.drinks)
    return spectrum(pairs, shape, config.width(shape[1]), config.seed, svd)


def graph_transitions(
    graph: TrainingGraph, config: TrainingConfig, report: Report
) -> sparse.csr_array | None:
    """Return the transitions [drinks, drinks]; None where they count nothing."""
    if not config.transitions_weight:
        return None
    report(Progress("transitions", 0, 1))
    scaling = BY_DEGREE if config.transitions_by_degree else BY_COUNT
    shape = len(graph.users), len(graph.drinks)
    transitions = item_transitions(positives(graph), shape, config.seed, scaling)
    report(Progress("transitions", 1, 1))
    return transitions


def graph_part(
    graph: TrainingGraph,
    config: TrainingConfig,
    spectrum: Spectrum,
    report: Report,
    runtime: TrainingRuntime | None = None,
) -> Part:
    """Return the GraphSAGE's vectors; none where they count nothing."""
    if not config.graph or not config.graph_rounds:
        return no_part(graph)

    def watch(round_: int, rounds: int, loss: float) -> None:
        report(Progress("graph", round_, rounds, loss))

    runtime = runtime or TrainingRuntime()
    rounds, means = config.graph_rounds, (runtime.workers, runtime.checkpoints)
    directions = spectrum.leading(config.graph_width)
    part = fit_graph(graph, directions, config.recency, rounds, config.seed, watch, *means)
    return runtime.last.turned(graph.drinks, part) if runtime.last else part


def graph_content(
    graph: TrainingGraph,
    config: TrainingConfig,
    own: DrinkFactors,
    popularity: FloatArray,
    report: Report,
    runtime: TrainingRuntime,
) -> Content:
    """Return what attributes say of drinks; nothing where no steps are to be spent on it."""
    if not config.content_steps:
        return no_content(graph, own.targets.shape[1])

    def watch(step: int, steps: int, loss: float) -> None:
        report(Progress("attributes", step, steps, loss))

    steps, seed = config.content_steps, config.seed
    workers, checkpoints = runtime.workers, runtime.checkpoints
    return fit_content(graph, own.targets, popularity, steps, seed, watch, workers, checkpoints)
