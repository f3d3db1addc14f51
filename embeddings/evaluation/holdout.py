"""A model on people's later choices, from a file: full ranking, all that the graph knows masked."""

# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# SciPy types its sparse matrices only in part.

from __future__ import annotations

import csv
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from embeddings.data.dataset import (
    ATTRIBUTE_TYPES,
    OPINION_TYPES,
    FloatArray,
    IntArray,
    TrainingGraph,
)
from embeddings.data.matrices import shape_of
from embeddings.data.positives import positives
from embeddings.evaluation.baselines import baselines
from embeddings.evaluation.metrics import Metrics, evaluate
from embeddings.serving.artefact import ModelArtefact
from embeddings.serving.encoder import DrinkAttributes, Encoder, Taste
from graph.errors import TastegraphError


class HoldoutRefused(TastegraphError):
    """The file of held-out choices cannot be used."""


@dataclass(frozen=True)
class HoldoutReport:
    """Metrics of the model and the baselines; choices of unknown drinks are counted, not scored."""

    version: str
    model: Metrics
    baselines: dict[str, Metrics]
    unknown_drinks: int
    unknown_users: int


def read_holdout(path: Path) -> list[tuple[str, str]]:
    """Return (user id, drink id) rows; raise HoldoutRefused naming file and row."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            names = rows.fieldnames or []
            if "user_id" not in names or "drink_id" not in names:
                raise HoldoutRefused(
                    f"{path} has the columns {', '.join(names) or 'none'}.",
                    "It needs user_id and drink_id.",
                )
            return [_pair(path, number, row) for number, row in enumerate(rows, start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise HoldoutRefused(f"{path} cannot be read: {error}.") from error


def _pair(path: Path, number: int, row: dict[str, str]) -> tuple[str, str]:
    user, drink = (row["user_id"] or "").strip(), (row["drink_id"] or "").strip()
    if not user or not drink:
        raise HoldoutRefused(f"{path}, row {number}: user_id or drink_id is empty.")
    return user, drink


def evaluate_holdout(
    artefact: ModelArtefact, graph: TrainingGraph, pairs: Sequence[tuple[str, str]], k: int
) -> HoldoutReport:
    """Return how the model ranks held-out drinks; people the graph has never seen count too."""
    strangers = sorted({user for user, _ in pairs} - set(graph.users))
    users = (*graph.users, *strangers)
    holdout, unknown = _matrix(pairs, users, graph.drinks)
    masked = _touched(graph, len(users))
    wanted = _without(holdout, masked)
    train = positives(graph).matrix(len(users), len(graph.drinks))
    table = {
        baseline.name: evaluate(
            lambda people, baseline=baseline: baseline.score_users(train, people),
            masked,
            wanted,
            k,
        )
        for baseline in baselines(train)
    }
    return HoldoutReport(
        version=artefact.version,
        model=evaluate(_Scorer(artefact, graph, len(strangers)).score, masked, wanted, k),
        baselines=table,
        unknown_drinks=unknown,
        unknown_users=len(strangers),
    )


class _Scorer:
    """Scores as a request computes them: vectors of people from what the graph knows of them."""

    def __init__(self, artefact: ModelArtefact, graph: TrainingGraph, strangers: int) -> None:
        self._encoder = Encoder(artefact, _cold(artefact, graph))
        row_of = {id_: row for row, id_ in enumerate(self._encoder.ids)}
        self._order = [row_of[id_] for id_ in graph.drinks]
        self._tastes: list[Taste] = [*tastes(graph), *(Taste() for _ in range(strangers))]

    def score(self, people: IntArray) -> FloatArray:
        """Return scores [people, drinks]."""
        scores = self._encoder.scores([self._tastes[person] for person in people.tolist()])
        return scores[:, self._order]


def tastes(graph: TrainingGraph) -> list[Taste]:
    """Return the taste of every person of the graph, in the order of its users."""
    pairs = positives(graph)
    bounds = np.searchsorted(pairs.user, np.arange(len(graph.users) + 1))
    likes = {kind: _by_user(graph, graph.user_likes.get(kind), kind) for kind in OPINION_TYPES}
    aversions = {
        kind: _by_user(graph, graph.user_dislikes.get(kind), kind) for kind in OPINION_TYPES
    }
    return [
        Taste(
            drinks=[graph.drinks[int(row)] for row in pairs.drink[start:end].tolist()],
            weights=pairs.weight[start:end].tolist(),
            at=pairs.last_at[start:end].tolist(),
            likes={kind: ids_of.get(user, []) for kind, ids_of in likes.items()},
            dislikes={kind: ids_of.get(user, []) for kind, ids_of in aversions.items()},
        )
        for user, (start, end) in enumerate(itertools.pairwise(bounds.tolist()))
    ]


def _by_user(graph: TrainingGraph, edges: IntArray | None, kind: str) -> dict[int, list[str]]:
    ids_of: dict[int, list[str]] = {}
    if edges is not None:
        ids = graph.ids(kind)
        for user, target in edges.T.tolist():
            ids_of.setdefault(int(user), []).append(ids[int(target)])
    return ids_of


def _cold(artefact: ModelArtefact, graph: TrainingGraph) -> list[DrinkAttributes]:
    known = set(artefact.drinks)
    attributes: dict[str, list[list[str]]] = {}
    for kind in ATTRIBUTE_TYPES:
        lists: list[list[str]] = [[] for _ in graph.drinks]
        ids = graph.ids(kind)
        for drink, target in graph.attributes(kind).T.tolist():
            lists[int(drink)].append(ids[int(target)])
        attributes[f"{kind}s"] = lists
    return [
        DrinkAttributes(id_, **{name: lists[row] for name, lists in attributes.items()})
        for row, id_ in enumerate(graph.drinks)
        if id_ not in known
    ]


def _without(wanted: sparse.csr_array, masked: sparse.csr_array) -> sparse.csr_array:
    """Return the pairs of `wanted` that are not in `masked`."""
    _, width = shape_of(wanted)
    rows, columns = wanted.nonzero()
    masked_rows, masked_columns = masked.nonzero()
    keep = ~np.isin(rows * width + columns, masked_rows * width + masked_columns)
    ones = np.ones(int(keep.sum()), dtype=np.float32)
    return sparse.csr_array((ones, (rows[keep], columns[keep])), shape=wanted.shape)


def _touched(graph: TrainingGraph, users: int) -> sparse.csr_array:
    """Return [users, drinks] of every pair that the graph has any event of."""
    ones = np.ones(len(graph.events), dtype=np.float32)
    places = (graph.events.user, graph.events.drink)
    return sparse.csr_array((ones, places), shape=(users, len(graph.drinks)))


def _matrix(
    pairs: Sequence[tuple[str, str]], users: Sequence[str], drinks: Sequence[str]
) -> tuple[sparse.csr_array, int]:
    user_of = {id_: row for row, id_ in enumerate(users)}
    drink_of = {id_: row for row, id_ in enumerate(drinks)}
    known = sorted({(user_of[u], drink_of[d]) for u, d in pairs if d in drink_of})
    unknown = sum(drink not in drink_of for _, drink in pairs)
    rows = np.array(known, dtype=np.int64).reshape(-1, 2)
    ones = np.ones(len(rows), dtype=np.float32)
    shape = (len(users), len(drinks))
    return sparse.csr_array((ones, (rows[:, 0], rows[:, 1])), shape=shape), unknown
