"""Heterogeneous GraphSAGE from attributes to drinks.

First hop: ingredients, flavors and styles hear from their parents and flavors. Second hop: drinks
hear from their attributes. People have no place here: a person is the weighted mean of drinks.
"""

# SciPy and torch ship no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import cast

import numpy as np
import torch
from scipy import sparse
from torch import Tensor, nn

from embeddings.dataset import ATTRIBUTE_TYPES, IntArray, TrainingGraph
from embeddings.matrices import mean_matrix
from embeddings.pyg import HeteroConv, HeteroData

EdgeType = tuple[str, str, str]
_FROM_RELATIVES = 0.1


class Adjacency:
    """A sparse matrix [receivers, neighbours] with its transpose at hand for the backward pass."""

    def __init__(self, matrix: sparse.csr_array) -> None:
        """Convert a SciPy matrix."""
        self.forward = _to_torch(matrix)
        self.backward = _to_torch(sparse.csr_array(matrix.T))

    def __matmul__(self, states: Tensor) -> Tensor:
        """Return the product with states [neighbours, hidden]."""
        return cast(Tensor, _Product.apply(states, self))  # pyright: ignore[reportUnknownMemberType]


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

    def __init__(self, hidden: int, share: float) -> None:
        """Start as `share` of the identity: the mean of the neighbours is a fair first guess."""
        super().__init__()
        self.weight = nn.Parameter(share * torch.eye(hidden))

    def forward(self, states: tuple[Tensor, Tensor] | Tensor, adjacency: Adjacency) -> Tensor:
        """Return [receivers, hidden] from the states of (neighbours, receivers)."""
        neighbours = states[0] if isinstance(states, tuple) else states
        return (adjacency @ neighbours) @ self.weight


class AttributeModel(nn.Module):
    """A drink's vector from its attributes: what a drink that nobody had yet is scored by."""

    def __init__(self, data: HeteroData, hidden: int, initial: Mapping[str, Tensor]) -> None:
        """Take `initial` [nodes, hidden] of every attribute type as its embeddings."""
        super().__init__()
        self.data = data
        self.attributes = nn.ParameterDict({name: initial[name] for name in ATTRIBUTE_TYPES})
        self.hops = nn.ModuleList(
            [_hop(data, ("flavor", "style"), hidden), _hop(data, ("ingredient",), hidden)]
        )
        self.drink_hop = _hop(data, ("drink",), hidden)

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
            hidden = self.attributes[name].shape[1]
            return torch.zeros(hidden, hidden)
        return cast(MeanConv, self.drink_hop.convs[key]).weight  # pyright: ignore

    def drinks(self, attributes: Mapping[str, Tensor]) -> Tensor:
        """Return what each drink [drinks, hidden] hears from its attributes."""
        return _messages(self.drink_hop, self.data, attributes)["drink"]


def _hop(data: HeteroData, targets: tuple[str, ...], hidden: int) -> nn.Module:
    edges = [edge for edge in data.edge_types if edge[2] in targets]
    share = 1.0 / len(edges) if targets == ("drink",) else _FROM_RELATIVES
    convs: dict[EdgeType, nn.Module] = {edge: MeanConv(hidden, share) for edge in edges}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="There exist node types")
        return HeteroConv(convs, aggr="sum")  # pyright: ignore


def _messages(hop: nn.Module, data: HeteroData, states: Mapping[str, Tensor]) -> dict[str, Tensor]:
    adjacency = {edge: data[edge].adjacency for edge in data.edge_types}
    return cast(dict[str, Tensor], hop(states, adjacency))
