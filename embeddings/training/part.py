"""One part of a model as arrays, and several of them laid side by side."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from embeddings.data.dataset import ATTRIBUTE_TYPES, OPINION_TYPES, FloatArray, TrainingGraph
from embeddings.serving.blocks import Block

Arrays = Mapping[str, FloatArray]


@dataclass(frozen=True)
class Part:
    """What one part knows of drinks and attributes, in as many numbers as its `blocks` have.

    `sources` [drinks, width] are pooled into people, `targets` [drinks, width] are scored;
    `directions` [drinks, width] say which drinks are alike. `default` [width] is the average
    person. `states` [nodes, width] and `maps` [width, width], by attribute type, make a drink that
    nobody had; `opinions` [width, width] turn what somebody likes into a person.
    """

    blocks: tuple[Block, ...]
    sources: FloatArray
    targets: FloatArray
    directions: FloatArray
    default: FloatArray
    states: Arrays
    maps: Arrays
    opinions: Arrays

    def beside(self, other: Part) -> Part:
        """Return both parts as one, this one's numbers first."""
        return Part(
            self.blocks + other.blocks,
            np.hstack([self.sources, other.sources]),
            np.hstack([self.targets, other.targets]),
            np.hstack([self.directions, other.directions]),
            np.concatenate([self.default, other.default]),
            {kind: np.hstack([self.states[kind], other.states[kind]]) for kind in ATTRIBUTE_TYPES},
            {kind: _diagonal(self.maps[kind], other.maps[kind]) for kind in ATTRIBUTE_TYPES},
            {kind: _diagonal(self.opinions[kind], other.opinions[kind]) for kind in OPINION_TYPES},
        )

    def turned(self, turn: FloatArray) -> Part:
        """Return the part with its vectors times an orthogonal matrix [width, width].

        No score changes.
        """
        return dataclasses.replace(
            self,
            sources=self.sources @ turn,
            targets=self.targets @ turn,
            directions=self.directions @ turn,
            default=self.default @ turn,
            maps={name: matrix @ turn for name, matrix in self.maps.items()},
            opinions={name: matrix @ turn for name, matrix in self.opinions.items()},
        )


def no_part(graph: TrainingGraph) -> Part:
    """Return a part without any numbers."""
    drinks = np.zeros((len(graph.drinks), 0), dtype=np.float32)
    square = np.zeros((0, 0), dtype=np.float32)
    states = {name: np.zeros((len(graph.ids(name)), 0), np.float32) for name in ATTRIBUTE_TYPES}
    maps: Arrays = {name: square for name in ATTRIBUTE_TYPES}
    opinions: Arrays = {name: square for name in OPINION_TYPES}
    return Part((), drinks, drinks, drinks, square.ravel(), states, maps, opinions)


def _diagonal(first: FloatArray, second: FloatArray) -> FloatArray:
    size = first.shape[0]
    whole = np.zeros((size + second.shape[0],) * 2, dtype=np.float32)
    whole[:size, :size], whole[size:, size:] = first, second
    return whole
