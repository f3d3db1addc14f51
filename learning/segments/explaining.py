"""What tells a segment from everybody: the flavors that its people buy more often."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection

from graph.audience.segments import Customers, TellingFlavor
from graph.catalogue.entities import Catalogue
from graph.recognition.health_words import health_word_in

MOST_FLAVORS = 5
LEAST_LIFT = 1.1


def telling_flavors(
    members: Collection[str], customers: Customers, catalogue: Catalogue
) -> tuple[TellingFlavor, ...]:
    """Return up to five flavors, the most telling first.

    A flavor tells share x log(lift) of a segment: its part of the divergence between what the
    segment buys and what everybody buys (Kullback and Leibler). One that is named after an allergen
    is left out: whoever must not have it would be told by its absence, or by what stands in for it.
    """
    own = _shares({person: customers[person] for person in members}, catalogue)
    all_ = _shares(customers, catalogue)
    found = [
        (share * math.log(share / all_[flavor]), flavor, share / all_[flavor], share)
        for flavor, share in own.items()
        if share > LEAST_LIFT * all_[flavor] and flavor in catalogue.flavors
    ]
    named = [
        TellingFlavor(flavor, catalogue.flavors[flavor].name, round(lift, 3), round(share, 4))
        for _, flavor, lift, share in sorted(found, key=lambda each: (-each[0], each[1]))
        if not health_word_in(flavor) and not health_word_in(catalogue.flavors[flavor].name)
    ]
    return tuple(named[:MOST_FLAVORS])


def _shares(customers: Customers, catalogue: Catalogue) -> dict[str, float]:
    """Return the share of purchases that have each flavor."""
    counts, total = Counter[str](), 0
    for bought in customers.values():
        for each in bought:
            total += each.times
            row = catalogue.row_of.get(each.drink_id)
            for flavor in catalogue.drinks[row].flavors if row is not None else ():
                counts[flavor] += each.times
    return {flavor: count / total for flavor, count in counts.items()}
