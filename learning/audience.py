"""Who may be addressed at all, and what is said of tastes by more than one way of doing so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph.catalogue.entities import Group
from graph.people.profiles import Profile

DAY = 86_400_000
HOUR = 3_600_000


def may_be_asked(profile: Profile) -> bool:
    """Return whether a person may be asked anything.

    Somebody who is not remembered would be asked the same for ever; the answers of somebody who
    refuses personal lists would be for nothing.
    """
    return profile.remembering and profile.personalisation


def with_families(flavors: Sequence[str], known: Mapping[str, Group]) -> set[str]:
    """Return flavors and the families that they are part of."""
    found, waiting = set[str](), list(flavors)
    while waiting:
        flavor = waiting.pop()
        if flavor not in found:
            found.add(flavor)
            waiting += known[flavor].groups if flavor in known else ()
    return found
