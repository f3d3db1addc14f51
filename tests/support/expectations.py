"""Which drinks a request must return, by the rule's model and the plainest code there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    return truth(world, drink, wanted) is True


def truth(world: World, drink: str, wanted: Filter) -> bool | None:
    """Whether a drink meets all conditions; None if that is not known."""
    return _all(_meets(world, drink, key, value) for key, value in wanted.items())


def _all(truths: Iterable[bool | None]) -> bool | None:
    listed = list(truths)
    return False if False in listed else None if None in listed else True


def _opposite(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def _meets(world: World, drink: str, key: str, value: Any) -> bool | None:
    node, rule = world.graph.nodes["drink", drink], SafetyRule(world.graph)
    parts = {name for _, name in rule.parts(drink)}
    groups = {group for style in node["styles"] for group in styles_above(style)}
    text = f"{node['name']} {node['kind'] or ''} {' '.join(node['styles'])}".casefold()
    else_known = False if rule.is_known(drink) else None
    match key:
        case "kinds":
            return node["kind"] in value if node["kind"] else None
        case "styles":
            return not groups.isdisjoint(value) if node["styles"] else None
        case "flavors":
            return _all(flavor in node["flavors"] if node["flavors"] else None for flavor in value)
        case "ingredients":
            return _all(True if part in parts else else_known for part in value)
        case "withoutIngredients":
            return _all(_opposite(True if part in parts else else_known) for part in value)
        case "maxAbv":
            return None if node["abv"] is None else node["abv"] <= value
        case "minAbv":
            return None if node["abv"] is None else node["abv"] >= value
        case "maxCaffeineMgPer100ml":
            return None if node["caffeine"] is None else node["caffeine"] <= value
        case "maxPrice":
            return None if node["price"] is None else node["price"] <= value
        case "servedHot":
            return None if node["hot"] is None else node["hot"] is value
        case "search":
            return all(word in text for word in value.casefold().split())
        case "all":
            return _all(truth(world, drink, condition) for condition in value)
        case "any":
            return _opposite(_all(_opposite(truth(world, drink, condition)) for condition in value))
        case "not":
            return _opposite(truth(world, drink, value))
        case _:
            raise ValueError(f"no filter {key}")
