"""Documents that make servers work hard before they know it: a maker for each kind, by size."""

from __future__ import annotations

from collections.abc import Callable


def _each(count: int, text: str) -> str:
    return " ".join(text.replace("#", str(n)) for n in range(count))


def spreading(depth: int, fan: int = 2) -> str:
    """Fragments, each of which spreads the next one twice."""
    chain = " ".join(f"fragment f{n} on Query {{ {f'...f{n + 1} ' * fan} }}" for n in range(depth))
    return f"{{ ...f0 }} {chain} fragment f{depth} on Query {{ __typename }}"


def _web(size: int, last: str) -> str:
    """Fragments, each of which spreads all after it; all of them, if the last closes the circle."""
    count = min(size, 28)
    parts = [
        f"fragment f{n} on Query {{ {' '.join(f'...f{m}' for m in range(n + 1, count + 1))} }}"
        for n in range(count)
    ]
    return f"{{ ...f0 }} {' '.join(parts)} fragment f{count} on Query {{ {last} }}"


def _operations(size: int) -> str:
    body = "flavors { id } " * 20
    return _each(size // 3, "query q# { ...f }") + f" fragment f on Query {{ {body} }}"


ATTACKS: dict[str, Callable[[int], str]] = {
    "fragments that spread the next one twice": lambda size: spreading(min(size, 95)),
    "fragments that spread it five times": lambda size: spreading(min(size, 95), 5),
    "fragments that spread all after them": lambda size: _web(size, "__typename"),
    "fragments in many circles": lambda size: _web(size, _each(min(size, 28), "...f#")),
    "many operations on one fragment": _operations,
    "one field again and again": lambda size: "{" + _each(size, "flavors { id }") + "}",
    "one leaf again and again": lambda size: "{ flavors {" + _each(size * 4, "id") + "} }",
    "deep answers again and again": lambda size: (
        "{" + _each(size // 5, "drinks { ... on DrinkPage { items { drink { id } } } }") + "}"
    ),
    "fields that overlap in many fragments": lambda size: (
        f"{{ {_each(min(size, 90), '...f#')} }}"
        + _each(min(size, 90), " fragment f# on Query { flavors { id } }")
    ),
    "aliases": lambda size: "{" + _each(size, "a#: flavors { id }") + "}",
    "names that are nearly right": lambda size: "{" + _each(size * 4, "recomendationsx#") + "}",
    "long names": lambda size: "{" + _each(size, "x" * 150 + "#") + "}",
    "types that are nearly right": lambda size: (
        "{" + _each(size, "... on Recommendatoins# { x }") + "}"
    ),
    "arguments that are nearly right": lambda size: f"{{ drinks({_each(size, 'fistr#: 1')}) }}",
    "enums that are nearly right": lambda size: (
        "mutation { recordInteractions(interactions: ["
        + _each(size, "{eventId: 1 drinkId: 1 type: PURCHASD#}")
        + "]) { __typename } }"
    ),
    "fragments that are not there": lambda size: "{" + _each(size * 2, "...nosuch#") + "}",
    "variables": lambda size: f"query({_each(size, '$v#: Int')}) {{ flavors {{ id }} }}",
    "one variable twice": lambda size: f"query({_each(size, '$v: Int')}) {{ flavors {{ id }} }}",
    "variables that are not there": lambda size: (
        "{" + _each(size // 2, "drinks(first: $v#) { __typename }") + "}"
    ),
    "directives": lambda size: "{ flavors { id " + _each(size // 2, "@include(if: true)") + "} }",
    "directives that are not there": lambda size: "{ flavors { id " + _each(size, "@x#") + "} }",
    "nested fragments in line": lambda size: "... on Query {".join([""] * size).join(
        ["{", "x" + "}" * size]
    ),
    "nested answers": lambda size: "{ drinks " * size + "{ id }" + "}" * size,
    "nested lists": lambda size: f"{{ drinks(filter: {'[' * size}{']' * size}) {{ __typename }} }}",
    "nested objects": lambda size: (
        f"{{ drinks(filter: {'{not:' * size}{{}}{'}' * size}) {{ __typename }} }}"
    ),
    "nothing but braces": lambda size: "{" * size,
    "a long text": lambda size: f'{{ readLabel(text: "{"a," * size * 100}") {{ __typename }} }}',
    "a long block of text": lambda size: (
        '{ readLabel(text: """' + "\n  a" * size * 50 + '""") { __typename } }'
    ),
    "a long comment": lambda size: "#" * size * 200 + "\n{ flavors { id } }",
    "a long number": lambda size: f"{{ drinks(first: {'9' * size * 100}) {{ __typename }} }}",
    "introspection in many circles": lambda size: (
        "{ __schema { types { ...f0 } } }"
        + _each(min(size, 90), "fragment f# on __Type { fields { type { ...f0 } } }")
    ),
}
