"""Who a rule is true of."""

from __future__ import annotations

from collections.abc import Sequence

from graph.audience.segments import Bought, Customers
from graph.catalogue.entities import Catalogue
from learning.audience import DAY, with_families
from learning.segments.definition import Rule


def members_by_rule(
    rule: Rule, customers: Customers, catalogue: Catalogue, now: int
) -> frozenset[str]:
    """Return the ids of the people for whom all of a rule is true at a moment (epoch ms)."""
    return frozenset(
        person
        for person, bought in customers.items()
        if _holds(rule, bought, now) and _tastes(rule, bought, catalogue)
    )


def _holds(rule: Rule, bought: Sequence[Bought], now: int) -> bool:
    times = sum(each.times for each in bought)
    last = max(each.last_at for each in bought)
    return (
        (rule.bought_at_least is None or times >= rule.bought_at_least)
        and (rule.bought_at_most is None or times <= rule.bought_at_most)
        and (rule.drinks_at_least is None or len(bought) >= rule.drinks_at_least)
        and (
            rule.spent_at_least is None or sum(each.spent for each in bought) >= rule.spent_at_least
        )
        and (rule.within_days is None or last > now - rule.within_days * DAY)
        and (rule.quiet_days is None or last <= now - rule.quiet_days * DAY)
    )


def _tastes(rule: Rule, bought: Sequence[Bought], catalogue: Catalogue) -> bool:
    """Return whether a share of what was bought is of what the rule names."""
    if not (rule.kinds or rule.styles or rule.flavors or rule.dayparts):
        return True
    total = sum(each.times for each in bought)
    fitting = sum(_fitting(rule, each, catalogue) for each in bought)
    return fitting >= rule.share * total


def _fitting(rule: Rule, each: Bought, catalogue: Catalogue) -> int:
    """Return how many of the purchases of one drink are of what the rule names."""
    row = catalogue.row_of.get(each.drink_id)
    drink = catalogue.drinks[row] if row is not None else None
    if drink is None or (rule.kinds and drink.kind not in rule.kinds):
        return 0
    if rule.styles and not with_families(drink.styles, catalogue.styles) & set(rule.styles):
        return 0
    if rule.flavors and not with_families(drink.flavors, catalogue.flavors) & set(rule.flavors):
        return 0
    if rule.dayparts:
        return sum(daypart in rule.dayparts for daypart in each.dayparts)
    return each.times
