"""What a model learns from: drinks, their attributes, and what people did with them.

Arrays and identifiers only. A person's allergies have no place here, so no model can learn them.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

# Node types a drink can be attached to, in the order in which the model reads them.
ATTRIBUTE_TYPES = ("ingredient", "flavor", "style", "producer", "kind")
# Node types a person can like or dislike.
OPINION_TYPES = ("flavor", "ingredient", "style")
UNKNOWN_TIME = -1


class EventKind(IntEnum):
    """What a person did with a drink."""

    VIEW = 0
    SAVE = 1
    LIKE = 2
    DISLIKE = 3
    RATING = 4
    PURCHASE = 5
    CLICK = 6
    CART = 7


def no_edges() -> IntArray:
    """Return an empty edge list, shape [2, 0]."""
    return np.zeros((2, 0), dtype=np.int64)


@dataclass(frozen=True)
class Events:
    """Behaviour events as columns of equal length; `value` is NaN where a kind has none.

    `at` is in epoch milliseconds, -1 where the time is unknown.
    """

    user: npt.NDArray[np.int32]
    drink: npt.NDArray[np.int32]
    kind: npt.NDArray[np.uint8]
    value: FloatArray
    at: IntArray

    def __len__(self) -> int:
        return int(self.user.size)

    @staticmethod
    def of(
        user: npt.ArrayLike,
        drink: npt.ArrayLike,
        kind: npt.ArrayLike = EventKind.PURCHASE,
        value: npt.ArrayLike = np.nan,
        at: npt.ArrayLike = UNKNOWN_TIME,
    ) -> Events:
        """Build events from anything array-like; scalars are repeated for every event."""
        users = np.asarray(user, dtype=np.int32)
        return Events(
            user=users,
            drink=np.asarray(drink, dtype=np.int32),
            kind=np.broadcast_to(np.asarray(kind, np.uint8), users.shape).copy(),
            value=np.broadcast_to(np.asarray(value, np.float32), users.shape).copy(),
            at=np.broadcast_to(np.asarray(at, np.int64), users.shape).copy(),
        )

    def take(self, keep: BoolArray) -> Events:
        """Return the events where `keep` is true, in the same order."""
        return Events(
            self.user[keep], self.drink[keep], self.kind[keep], self.value[keep], self.at[keep]
        )


@dataclass(frozen=True, eq=False)
class TrainingGraph:
    """The graph as a model sees it; a node's index is its position among the ids of its type.

    Equal only to itself; `fingerprint` tells whether two have the same content.

    Edge lists have shape [2, edges]: row 0 is the node that receives, row 1 its neighbour.
    `user_likes` and `user_dislikes` map a type of `OPINION_TYPES` to [users, nodes of that type].
    Raises ValueError if arrays differ in length or an index is outside its type.
    """

    drinks: tuple[str, ...]
    users: tuple[str, ...]
    events: Events
    ingredients: tuple[str, ...] = ()
    flavors: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    producers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    drink_ingredients: IntArray = field(default_factory=no_edges)
    drink_flavors: IntArray = field(default_factory=no_edges)
    drink_styles: IntArray = field(default_factory=no_edges)
    drink_producers: IntArray = field(default_factory=no_edges)
    drink_kinds: IntArray = field(default_factory=no_edges)
    ingredient_parents: IntArray = field(default_factory=no_edges)
    ingredient_flavors: IntArray = field(default_factory=no_edges)
    flavor_parents: IntArray = field(default_factory=no_edges)
    style_parents: IntArray = field(default_factory=no_edges)
    user_likes: Mapping[str, IntArray] = field(default_factory=lambda: MappingProxyType({}))
    user_dislikes: Mapping[str, IntArray] = field(default_factory=lambda: MappingProxyType({}))

    def __post_init__(self) -> None:
        """Refuse a graph whose arrays do not fit together."""
        _check_events(self)
        for name, (edges, receivers, neighbours) in self.edges().items():
            _check_edges(name, edges, receivers, neighbours)

    def ids(self, node_type: str) -> tuple[str, ...]:
        """Return the ids of one node type, named in the singular ("drink", "ingredient", ...)."""
        ids: tuple[str, ...] = getattr(self, f"{node_type}s")
        return ids

    def attributes(self, node_type: str) -> IntArray:
        """Return the edges from drinks to one of `ATTRIBUTE_TYPES`."""
        edges: IntArray = getattr(self, f"drink_{node_type}s")
        return edges

    def edges(self) -> dict[str, tuple[IntArray, int, int]]:
        """Return each edge list by name, with the number of nodes of its two types."""
        count = {name: len(self.ids(name)) for name in ("drink", "user", *ATTRIBUTE_TYPES)}
        edges = {
            f"drink_{name}s": (self.attributes(name), count["drink"], count[name])
            for name in ATTRIBUTE_TYPES
        }
        ingredient, flavor, style = count["ingredient"], count["flavor"], count["style"]
        edges["ingredient_parents"] = (self.ingredient_parents, ingredient, ingredient)
        edges["ingredient_flavors"] = (self.ingredient_flavors, ingredient, flavor)
        edges["flavor_parents"] = (self.flavor_parents, flavor, flavor)
        edges["style_parents"] = (self.style_parents, style, style)
        for field_name in ("user_likes", "user_dislikes"):
            opinions: Mapping[str, IntArray] = getattr(self, field_name)
            if not set(opinions) <= set(OPINION_TYPES):
                raise ValueError(f"{field_name}: only {', '.join(OPINION_TYPES)} can be liked")
            for name in sorted(opinions):
                edges[f"{field_name}.{name}"] = (opinions[name], count["user"], count[name])
        return edges

    def with_events(self, events: Events) -> TrainingGraph:
        """Replace the events alone: nodes and attributes are shared with this graph, not copied."""
        return dataclasses.replace(self, events=events)

    def fingerprint(self) -> str:
        """Return the SHA-256 (hex) of every id and array: equal graphs, equal fingerprints."""
        digest = hashlib.sha256()
        for name in ("drink", "user", *ATTRIBUTE_TYPES):
            for identifier in self.ids(name):
                raw = identifier.encode()
                digest.update(len(raw).to_bytes(4, "little") + raw)
            digest.update(f"|{name}|".encode())
        arrays = {name: edges for name, (edges, _, _) in self.edges().items()}
        arrays |= {name: getattr(self.events, name) for name in _EVENT_COLUMNS}
        for name in sorted(arrays):
            column = np.ascontiguousarray(arrays[name])
            digest.update(f"|{name}{column.shape}{column.dtype.str}|".encode())
            digest.update(column.tobytes())
        return digest.hexdigest()


_EVENT_COLUMNS = tuple(column.name for column in dataclasses.fields(Events))


def _check_events(graph: TrainingGraph) -> None:
    sizes = {getattr(graph.events, name).shape for name in _EVENT_COLUMNS}
    if len(sizes) != 1:
        raise ValueError(f"events: columns differ in length: {sorted(sizes)}")
    _check_indices("events.user", graph.events.user, len(graph.users))
    _check_indices("events.drink", graph.events.drink, len(graph.drinks))
    if graph.events.kind.size and int(graph.events.kind.max()) > max(EventKind):
        raise ValueError("events.kind: unknown kind of event")


def _check_edges(name: str, edges: IntArray, receivers: int, neighbours: int) -> None:
    if edges.ndim != 2 or edges.shape[0] != 2:
        raise ValueError(f"{name}: expected shape [2, edges], found {edges.shape}")
    _check_indices(f"{name}[0]", edges[0], receivers)
    _check_indices(f"{name}[1]", edges[1], neighbours)


def _check_indices(name: str, indices: npt.NDArray[np.signedinteger], count: int) -> None:
    if indices.size and not (int(indices.min()) >= 0 and int(indices.max()) < count):
        raise ValueError(f"{name}: index outside 0..{count - 1}")
