"""Which drinks a request must return, by the rule's model and the plainest code there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.safety_rule import Person, SafetyRule
from tests.support.random_graphs import World
from tests.support.random_offers import TODAY, styles_above

Filter = Mapping[str, Any]


def person_of(world: World, user: str | None) -> Person:
    """Somebody whom the graph does not know has declared nothing."""
    return world.people.get(user or "", Person())


def safe(world: World, user: str | None) -> set[str]:
    """The drinks that may be offered to a person, whatever else they ask."""
    rule, person = SafetyRule(world.graph), person_of(world, user)
    return {drink for drink in world.ids("drink") if rule.is_safe(person, drink)}


def expected(
    world: World, user: str | None, wanted: Filter, without: Sequence[str] = ()
) -> set[str]:
    """The drinks that may be offered, are on offer today, are wanted and not disliked."""
    unwanted = {*without, *disliked(world, user)}
    return {
        drink
        for drink in safe(world, user)
        if drink not in unwanted and on_offer(world, drink) and matches(world, drink, wanted)
    }


def on_offer(world: World, drink: str) -> bool:
    node, today = world.graph.nodes["drink", drink], TODAY.isoformat()
    begins, ends = node["begins"], node["ends"]
    return (not begins or begins[:10] <= today) and (not ends or today <= ends[:10])


def disliked(world: World, user: str | None) -> set[str]:
    """The drinks of which a person's latest opinion is bad: a dislike, or 1 or 2 of 5."""
    opinions: dict[str, bool] = {}
    for deed in world.histories.get(user or "", ()):  # in the order of time
        if deed.type in ("like", "dislike"):
            opinions[deed.drink] = deed.type == "dislike"
        elif deed.type == "rating":
            opinions[deed.drink] = (deed.value or 0) <= 2
    return {drink for drink, bad in opinions.items() if bad}


def had(world: World, user: str | None) -> set[str]:
    deeds = world.histories.get(user or "", ())
    return {deed.drink for deed in deeds if deed.type in ("purchase", "rating", "like")}


def matches(world: World, drink: str, wanted: Filter) -> bool:
    return all(_meets(world, drink, key, value) for key, value in wanted.items())


def _meets(world: World, drink: str, key: str, value: Any) -> bool:
    node, rule = world.graph.nodes["drink", drink], SafetyRule(world.graph)
    parts = {name for _, name in rule.parts(drink)}
    groups = {group for style in node["styles"] for group in styles_above(style)}
    text = f"{node['name']} {node['kind'] or ''} {' '.join(node['styles'])}".casefold()
    match key:
        case "kinds":
            return node["kind"] in value
        case "styles":
            return not groups.isdisjoint(value)
        case "flavors":
            return set(value) <= set(node["flavors"])
        case "ingredients":
            return set(value) <= parts
        case "withoutIngredients":
            return rule.is_known(drink) and parts.isdisjoint(value)
        case "maxAbv":
            return node["abv"] is not None and node["abv"] <= value
        case "maxCaffeineMgPer100ml":
            return node["caffeine"] is not None and node["caffeine"] <= value
        case "maxPrice":
            return node["price"] is not None and node["price"] <= value
        case "servedHot":
            return node["hot"] is value
        case "search":
            return all(word in text for word in value.casefold().split())
        case _:
            raise ValueError(f"no filter {key}")
