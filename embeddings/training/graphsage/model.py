"""A heterogeneous GraphSAGE over people, drinks, ingredients, flavors, styles, producers, kinds.

Hops: attributes hear from their parents and flavors, drinks from their attributes, drinks from
drinks over the people who had both, people from the drinks they had and from what they like. A
person has no vector of their own. A drink is chosen with a probability that grows with the cosine
of both vectors (softmax with a temperature) and with a number of its own, its bias.

The hops from attributes are PyG's `HeteroConv` over means; those over people are sparse products,
because `SAGEConv` takes neither the weights of edges nor a person without a vector.
"""

# SciPy and torch ship no complete types; values are annotated where they enter.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from embeddings.training.content.model import Adjacency, AttributeModel, EdgeType

TEMPERATURE = 0.15
# how much drinks hear from each other over people, against 1 for what is their own
HOP = 5.0
# how much less a drink counts in a person, the more people had it
SOURCE_EXPONENT = 0.5
# where biases begin: at the logarithm of this power of popularity
BIAS_EXPONENT = 0.5


@dataclass(frozen=True)
class Batch:
    """Choices of people: `chosen` [n] drinks among `candidates` [c], after `histories`.

    `known` [drinks, 1] is zero where a drink is known by its attributes only. `likes` are, by
    type, what these people said. `prior` [n, 1] is how much of the average person is in each.
    """

    chosen: Tensor
    candidates: Tensor
    histories: Adjacency
    known: Tensor
    prior: Tensor
    likes: Mapping[str, Adjacency]


class GraphSage(nn.Module):
    """The parameters, and the loss of a batch.

    `own` [drinks, width] is of each drink alone, `bias` [drinks] too; `default` [width] is the
    average person.
    """

    def __init__(
        self,
        popularity: Tensor,
        initial: Tensor,
        attributes: AttributeModel | None,
        into_drinks: Mapping[EdgeType, Adjacency],
    ) -> None:
        """Begin at `initial` [drinks, width]; `popularity` [drinks] is how many people had each."""
        super().__init__()
        self.own = nn.Parameter(initial + 0.1 * torch.randn_like(initial))
        self.bias = nn.Parameter(BIAS_EXPONENT * popularity.clamp_min(1.0).log())
        self.default = nn.Parameter(torch.zeros(initial.shape[1]))
        self.attributes, self.into_drinks = attributes, into_drinks
        self.shrink: Tensor
        self.register_buffer("shrink", popularity.clamp_min(1.0)[:, None] ** -SOURCE_EXPONENT)

    def forward(self, batch: Batch, people: Adjacency) -> Tensor:
        """Return the mean cross entropy of what was chosen, among the candidates.

        `people` [people, drinks] is the hop by which drinks hear from each other.
        """
        drinks = self.described(batch.known)
        drinks = drinks + over_people(people, drinks)
        persons = batch.histories @ (drinks * self.shrink) + batch.prior * self.default
        attributes = self.attribute_vectors() if batch.likes else {}
        for name, likes in batch.likes.items():
            persons = persons + likes @ attributes[name]
        persons = functional.normalize(persons, dim=1) / TEMPERATURE
        chosen = functional.normalize(drinks[batch.chosen], dim=1)
        others = functional.normalize(drinks[batch.candidates], dim=1)
        right = (persons * chosen).sum(dim=1) + self.bias[batch.chosen]
        wrong = persons @ others.T + self.bias[batch.candidates]
        return (torch.logsumexp(torch.cat([right[:, None], wrong], dim=1), dim=1) - right).mean()

    def described(self, known: Tensor) -> Tensor:
        """Return drinks' vectors [drinks, width] before they hear from each other."""
        drinks = self.own * known
        if self.attributes is not None:
            drinks = drinks + self.attributes(self.into_drinks)
        return drinks

    def attribute_vectors(self) -> dict[str, Tensor]:
        """Return attributes' vectors [nodes, width] by type, as drinks hear them."""
        if self.attributes is None:
            return {}
        states = self.attributes.attribute_states()
        return {name: state @ self.attributes.attribute_map(name) for name, state in states.items()}


def over_people(people: Adjacency, drinks: Tensor) -> Tensor:
    """Return what drinks [drinks, width] hear from each other over people [people, drinks]."""
    return HOP * (people.transposed @ (people @ drinks))
