"""Heterogeneous GraphSAGE from attributes to drinks.

First hop: ingredients, flavors and styles hear from their parents and flavors. Second hop: drinks
hear from their attributes. People have no place here: a person is the weighted mean of drinks.
"""

# SciPy and torch ship no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from typing import cast

import torch
from scipy import sparse
from torch import Tensor, nn

from embeddings.data.dataset import ATTRIBUTE_TYPES, IntArray, TrainingGraph
from embeddings.data.matrices import mean_matrix
from embeddings.training.content.pyg import HeteroConv
from embeddings.training.workers.sparse import to_torch

EdgeType = tuple[str, str, str]
_FROM_RELATIVES = 0.1


class Adjacency:
    """A sparse matrix [receivers, neighbours] with its transpose at hand for the backward pass."""

    def __init__(self, matrix: sparse.csr_array, where: torch.device | None = None) -> None:
        """Convert a SciPy matrix."""
        self.forward = to_torch(matrix, where or torch.device("cpu"))
        self.backward = to_torch(sparse.csr_array(matrix.T), where or torch.device("cpu"))

    @property
    def transposed(self) -> Adjacency:
        """The same edges the other way round: [neighbours, receivers]."""
        turned = object.__new__(Adjacency)
        turned.forward, turned.backward = self.backward, self.forward
        return turned

    def __matmul__(self, states: Tensor) -> Tensor:
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


def relatives(graph: TrainingGraph) -> dict[EdgeType, sparse.csr_array]:
    """Return, by edge type, the matrix that takes the mean over an attribute's neighbours."""
    edges: dict[EdgeType, IntArray] = {
        ("flavor", "parent", "flavor"): graph.flavor_parents,
        ("style", "parent", "style"): graph.style_parents,
        ("ingredient", "parent", "ingredient"): graph.ingredient_parents,
        ("flavor", "of", "ingredient"): graph.ingredient_flavors,
    }
    return {
        (source, name, target): mean_matrix(found, len(graph.ids(target)), len(graph.ids(source)))
        for (source, name, target), found in edges.items()
        if found.shape[1]
    }


def attributes_of_drinks(graph: TrainingGraph) -> dict[EdgeType, sparse.csr_array]:
    """Return, by edge type, the matrix that takes the mean over a drink's attributes of a type."""
    return {
        (name, "of", "drink"): mean_matrix(found, len(graph.drinks), len(graph.ids(name)))
        for name, found in ((name, graph.attributes(name)) for name in ATTRIBUTE_TYPES)
        if found.shape[1]
    }


class MeanConv(nn.Module):
    """Mean over the neighbours, then a linear map without bias."""

    def __init__(self, hidden: int, share: float) -> None:
        """Start as `share` of the identity: the mean of the neighbours is a fair first guess."""
        super().__init__()
        self.weight = nn.Parameter(share * torch.eye(hidden))

    def forward(self, states: tuple[Tensor, Tensor] | Tensor, adjacency: Adjacency) -> Tensor:
        """Return [receivers, hidden] from the states of (neighbours, receivers)."""
        neighbours = states[0] if isinstance(states, tuple) else states
        # mapped first, for there are fewer attributes than drinks
        return adjacency @ (neighbours @ self.weight)


class AttributeModel(nn.Module):
    """A drink's vector from its attributes: what a drink that nobody had yet is scored by."""

    def __init__(
        self,
        between: Mapping[EdgeType, Adjacency],
        into_drinks: Collection[EdgeType],
        initial: Mapping[str, Tensor],
    ) -> None:
        """Take `initial` [nodes, hidden] of every attribute type as its embeddings.

        `between` are the edges between attributes, `into_drinks` the types of those to drinks.
        """
        super().__init__()
        self.between = between
        # workers cannot compare parameters of a type without nodes
        self.attributes = nn.ParameterDict(
            {
                name: nn.Parameter(initial[name], requires_grad=len(initial[name]) > 0)
                for name in ATTRIBUTE_TYPES
            }
        )
        self.hidden = initial[ATTRIBUTE_TYPES[0]].shape[1]
        self.hops = nn.ModuleList(
            [
                _hop([edge for edge in between if edge[2] in targets], self.hidden, _FROM_RELATIVES)
                for targets in (("flavor", "style"), ("ingredient",))
            ]
        )
        self.drink_hop = _hop(into_drinks, self.hidden, 1.0 / len(into_drinks))

    def forward(self, attributes: Mapping[EdgeType, Adjacency]) -> Tensor:
        """Return what some drinks [drinks, hidden] hear from their attributes."""
        return _messages(self.drink_hop, self.attribute_states(), attributes)["drink"]

    def attribute_states(self) -> dict[str, Tensor]:
        """Return the states [nodes, hidden] of every attribute type after the first hop."""
        states = dict(self.attributes.items())
        for hop in self.hops:
            for name, message in _messages(hop, states, self.between).items():
                states[name] = states[name] + message
        return states

    def attribute_map(self, name: str) -> Tensor:
        """Return the map [hidden, hidden] from an attribute's mean state into a drink."""
        convs = cast(nn.ModuleDict, self.drink_hop.convs)
        key = (name, "of", "drink")
        if key not in convs:  # pyright: ignore[reportOperatorIssue]
            return torch.zeros(self.hidden, self.hidden)
        return cast(MeanConv, convs[key]).weight  # pyright: ignore


def _hop(edges: Collection[EdgeType], hidden: int, share: float) -> nn.Module:
    convs: dict[EdgeType, nn.Module] = {edge: MeanConv(hidden, share) for edge in edges}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="There exist node types")
        return HeteroConv(convs, aggr="sum")  # pyright: ignore


def _messages(
    hop: nn.Module, states: Mapping[str, Tensor], adjacency: Mapping[EdgeType, Adjacency]
) -> dict[str, Tensor]:
    return cast(dict[str, Tensor], hop(states, adjacency))
