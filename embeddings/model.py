"""Heterogeneous GraphSAGE in which people have no embedding of their own.

First hop: ingredients, flavors and styles hear from their parents and flavors; drinks from their
attributes. Second hop: a person is the weighted mean of the drinks they had, and a drink hears
from the people who had it.
"""

# SciPy and torch ship no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn
from torch.nn import functional

from embeddings.dataset import ATTRIBUTE_TYPES, OPINION_TYPES, IntArray, TrainingGraph
from embeddings.pyg import HeteroConv, HeteroData

EdgeType = tuple[str, str, str]


class Adjacency:
    """A sparse matrix [receivers, neighbours] with its transpose at hand for the backward pass."""

    def __init__(self, matrix: sparse.csr_array) -> None:
        """Convert a SciPy matrix."""
        self.forward = _to_torch(matrix)
        self.backward = _to_torch(sparse.csr_array(matrix.T))

    def __matmul__(self, states: Tensor) -> Tensor:
        """Return the product with states [neighbours, hidden]."""
        return cast(Tensor, _Product.apply(states, self))  # pyright: ignore[reportUnknownMemberType]


class ThroughPeople:
    """Drinks hear from people, and those from the drinks they had: [drinks, drinks] in two hops."""

    def __init__(self, history: sparse.csr_array) -> None:
        """Take the shares [people, drinks] with which drinks are pooled into people."""
        by_drink = sparse.csr_array(history.T)
        counts = np.maximum(np.diff(by_drink.indptr), 1)
        by_drink.data = (1.0 / np.repeat(counts, np.diff(by_drink.indptr))).astype(np.float32)
        self._history, self._heard = Adjacency(history), Adjacency(by_drink)

    def __matmul__(self, states: Tensor) -> Tensor:
        """Return what each drink [drinks, hidden] hears."""
        return self._heard @ (self._history @ states)


class _Product(torch.autograd.Function):
    """Torch would transpose a CSR matrix anew in every backward pass."""

    @staticmethod
    def forward(
        ctx: torch.autograd.function.FunctionCtx, states: Tensor, matrix: Adjacency
    ) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx.matrix = matrix  # pyright: ignore[reportAttributeAccessIssue]
        return matrix.forward @ states

    @staticmethod
    def backward(ctx: torch.autograd.function.FunctionCtx, gradient: Tensor) -> tuple[Tensor, None]:  # pyright: ignore[reportIncompatibleMethodOverride]
        return ctx.matrix.backward @ gradient.contiguous(), None  # pyright: ignore


def _to_torch(matrix: sparse.csr_array) -> Tensor:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(
            torch.from_numpy(matrix.indptr.astype(np.int64)),
            torch.from_numpy(matrix.indices.astype(np.int64)),
            torch.from_numpy(matrix.data.astype(np.float32)),
            size=matrix.shape,
            check_invariants=False,
        )


def mean_matrix(edges: IntArray, receivers: int, neighbours: int) -> sparse.csr_array:
    """Return the matrix [receivers, neighbours] that takes the mean over distinct neighbours."""
    ones = np.ones(edges.shape[1], dtype=np.float32)
    matrix = sparse.csr_array((ones, (edges[0], edges[1])), shape=(receivers, neighbours))
    matrix.data[:] = 1.0
    counts = np.maximum(np.diff(matrix.indptr), 1)
    matrix.data /= np.repeat(counts, np.diff(matrix.indptr)).astype(np.float32)
    return matrix


def hetero_data(graph: TrainingGraph) -> HeteroData:
    """Return the attribute part of the graph: node counts, and an `adjacency` by edge type."""
    data = HeteroData()
    for node_type in ("drink", *ATTRIBUTE_TYPES):
        data[node_type].num_nodes = len(graph.ids(node_type))
    for edge_type, edges in _attribute_edges(graph).items():
        source, _, target = edge_type
        shape = len(graph.ids(target)), len(graph.ids(source))
        data[edge_type].adjacency = Adjacency(mean_matrix(edges, *shape))
    return data


def _attribute_edges(graph: TrainingGraph) -> dict[EdgeType, IntArray]:
    edges: dict[EdgeType, IntArray] = {
        ("flavor", "parent", "flavor"): graph.flavor_parents,
        ("style", "parent", "style"): graph.style_parents,
        ("ingredient", "parent", "ingredient"): graph.ingredient_parents,
        ("flavor", "of", "ingredient"): graph.ingredient_flavors,
    }
    for node_type in ATTRIBUTE_TYPES:
        edges[node_type, "of", "drink"] = graph.attributes(node_type)
    return {edge_type: found for edge_type, found in edges.items() if found.shape[1]}


class MeanConv(nn.Module):
    """Mean over the neighbours, then a linear map without bias."""

    def __init__(self, hidden: int) -> None:
        """Start near the identity, so that one hop already carries meaning."""
        super().__init__()
        self.weight = nn.Parameter(_near_identity(hidden))

    def forward(self, states: tuple[Tensor, Tensor] | Tensor, adjacency: Adjacency) -> Tensor:
        """Return [receivers, hidden] from the states of (neighbours, receivers)."""
        neighbours = states[0] if isinstance(states, tuple) else states
        return (adjacency @ neighbours) @ self.weight


@dataclass(frozen=True)
class DrinkStates:
    """`sources` [drinks, hidden] are pooled into people; `targets` (unit rows) are scored."""

    sources: Tensor
    targets: Tensor
    bias: Tensor


@dataclass(frozen=True)
class Bag:
    """Rows to be summed per person: `rows` and `weights` [entries], `offsets` [people]."""

    rows: Tensor
    offsets: Tensor
    weights: Tensor

    @staticmethod
    def of(matrix: sparse.csr_array) -> Bag:
        """Read the rows of a SciPy matrix [people, nodes]."""
        return Bag(
            torch.from_numpy(matrix.indices.astype(np.int64)),
            torch.from_numpy(matrix.indptr[:-1].astype(np.int64)),
            torch.from_numpy(matrix.data.astype(np.float32)),
        )

    def sum(self, states: Tensor) -> Tensor:
        """Return the weighted sum [people, hidden] of states [nodes, hidden]."""
        return functional.embedding_bag(
            self.rows, states, self.offsets, mode="sum", per_sample_weights=self.weights
        )


class TasteModel(nn.Module):
    """Vectors for drinks from the whole graph, and for people from their drinks and opinions."""

    def __init__(self, data: HeteroData, hidden: int, initial: Tensor) -> None:
        """Take `initial` [drinks, hidden] as the drinks' own embeddings."""
        super().__init__()
        self.data = data
        self.drink = nn.Parameter(initial.clone())
        self.attributes = nn.ParameterDict(
            {name: 0.1 * torch.randn(_count(data, name), hidden) for name in ATTRIBUTE_TYPES}
        )
        self.hops = nn.ModuleList(
            [_hop(data, ("flavor", "style"), hidden), _hop(data, ("ingredient",), hidden)]
        )
        self.drink_hop = _hop(data, ("drink",), hidden)
        self.pool = nn.Parameter(_near_identity(hidden))
        self.target = nn.Parameter(_near_identity(hidden))
        self.from_people = nn.Parameter(torch.zeros(hidden, hidden))
        self.default = nn.Parameter(0.01 * torch.randn(hidden))
        self.opinions = nn.ParameterDict({name: _near_identity(hidden) for name in OPINION_TYPES})
        self.bias = nn.Parameter(torch.zeros(_count(data, "drink")))

    def attribute_states(self) -> dict[str, Tensor]:
        """Return the states [nodes, hidden] of every attribute type after the first hop."""
        states = dict(self.attributes.items())
        for hop in self.hops:
            for name, message in _messages(hop, self.data, states).items():
                states[name] = states[name] + message
        return states

    def attribute_map(self, name: str) -> Tensor:
        """Return the map [hidden, hidden] from an attribute's mean state into a drink."""
        key = (name, "of", "drink")
        if key not in self.data.edge_types:
            return torch.zeros_like(self.pool)
        return cast(MeanConv, self.drink_hop.convs[key]).weight  # pyright: ignore

    def drinks(
        self, attributes: Mapping[str, Tensor], people: ThroughPeople | None, known: Tensor | None
    ) -> DrinkStates:
        """Return the drinks' states.

        `known` [drinks, 1] is 0 where a drink must do
        without its own embedding, people and bias, as a new drink does.
        """
        own = self.drink if known is None else self.drink * known
        states = {**attributes, "drink": own}
        message = _messages(self.drink_hop, self.data, states).get("drink")
        sources = own if message is None else own + message
        summed = sources @ self.target
        if people is not None:
            heard = (people @ sources) @ self.from_people
            summed = summed + (heard if known is None else heard * known)
        bias = self.bias if known is None else self.bias * known.squeeze(1)
        return DrinkStates(sources, functional.normalize(summed, dim=1, eps=1e-12), bias)

    def people(
        self,
        history: Bag,
        opinions: Mapping[str, Bag],
        sources: Tensor,
        attributes: Mapping[str, Tensor],
    ) -> Tensor:
        """Return unit vectors [people, hidden]."""
        summed = history.sum(sources) @ self.pool + self.default
        for name, bag in opinions.items():
            summed = summed + bag.sum(attributes[name]) @ self.opinions[name]
        return functional.normalize(summed, dim=1, eps=1e-12)


def _hop(data: HeteroData, targets: tuple[str, ...], hidden: int) -> nn.Module:
    convs = {edge: MeanConv(hidden) for edge in data.edge_types if edge[2] in targets}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="There exist node types")
        return HeteroConv(cast(dict[EdgeType, nn.Module], convs), aggr="sum")  # pyright: ignore


def _messages(hop: nn.Module, data: HeteroData, states: Mapping[str, Tensor]) -> dict[str, Tensor]:
    adjacency = {edge: data[edge].adjacency for edge in data.edge_types}
    return cast(dict[str, Tensor], hop(states, adjacency))


def _near_identity(hidden: int) -> Tensor:
    return torch.eye(hidden) + 0.01 * torch.randn(hidden, hidden)


def _count(data: HeteroData, node_type: str) -> int:
    return int(data[node_type].num_nodes)
