"""What a list was ranked by: everything that its reasons can name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graph.people.profiles import Profile
from recommend.state.snapshot import Snapshot
from recommend.state.traits import Trait

Said = tuple[str, str, Mapping[Trait, float]]


@dataclass(frozen=True)
class Basis:
    """What an answer was made from: the memory and the person.

    `context_effects` has each field of the request context with its value and its effects.
    `trending` has, for a list of what is trending, the score of each drink.
    """

    snapshot: Snapshot
    profile: Profile
    context_effects: Sequence[Said] = ()
    trending: Mapping[str, float] = field(default_factory=dict[str, float])
