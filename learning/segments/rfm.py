"""Groups by recency, frequency and monetary value.

Hughes, Strategic Database Marketing, 1994: each of the three in fifths of all customers; here by
the average rank, so that equal customers are in the same fifth. Everybody is in one group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from scipy import stats  # pyright: ignore[reportMissingTypeStubs]

from embeddings.data.dataset import IntArray
from graph.audience.segments import Customers

FIFTHS = 5
NAMES: Mapping[str, str] = {
    "rfm-champions": "Champions: here lately, often, and for much",
    "rfm-newcomers": "Newcomers: here lately for the first time or the second",
    "rfm-loyal": "Loyal: they come often",
    "rfm-slipping": "Slipping away: they came often, and not lately",
    "rfm-asleep": "Asleep: they have not been here for long",
    "rfm-passing": "Passing by: now and then",
}
NEW_TIMES = 2


def groups_by_rfm(customers: Customers) -> dict[str, frozenset[str]]:
    """Return the members of each group, by its id in NAMES."""
    people = sorted(customers)
    if not people:
        return {}
    last = [max(each.last_at for each in customers[person]) for person in people]
    times = [sum(each.times for each in customers[person]) for person in people]
    spent = [sum(each.spent for each in customers[person]) for person in people]
    groups: dict[str, set[str]] = {}
    scores = zip(fifths(last), fifths(times), fifths(spent), times, strict=True)
    for person, (recency, frequency, monetary, count) in zip(people, scores, strict=True):
        group = _group(recency, frequency, monetary, count)
        groups.setdefault(group, set()).add(person)
    return {group: frozenset(members) for group, members in groups.items()}


def fifths(values: Sequence[float]) -> list[int]:
    """Return for each value in which fifth of all it is, 1 to 5; equal values in the same."""
    rank: Any = stats.rankdata  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    ranks = (rank(values) - 0.5) / len(values)
    found: IntArray = np.clip(np.floor(ranks * FIFTHS).astype(np.int64) + 1, 1, FIFTHS)
    return found.tolist()


def _group(recency: int, frequency: int, monetary: int, count: int) -> str:
    if recency >= 4 and frequency >= 4 and monetary >= 4:
        return "rfm-champions"
    if recency >= 4 and count <= NEW_TIMES:
        return "rfm-newcomers"
    if recency <= 2:
        return "rfm-slipping" if frequency >= 4 else "rfm-asleep"
    return "rfm-loyal" if frequency >= 4 else "rfm-passing"
