"""What the arguments of a field cost: the objects, entries and characters that are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from graphql import (
    FieldNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    StringValueNode,
    ValueNode,
    VariableNode,
)

ENTRIES_FOR_ONE = 10
CHARACTERS_FOR_ONE = 100
CHARACTERS_READ_FOR_ONE = 10
READ = frozenset({"Query.readLabel", "Query.resolve", "Query.pairing"})
"""Fields that look for names in a text: each character is work."""

Amounts = tuple[int, int, int]
"""Objects in lists, other entries of lists, characters."""


class Sent:
    """The costs of what is sent with one operation; each variable is looked through once."""

    def __init__(self, operation: OperationDefinitionNode, variables: Mapping[str, Any]) -> None:
        self._variables = variables
        self._defaults = {
            variable_definition.variable.name.value: variable_definition.default_value
            for variable_definition in operation.variable_definitions or ()
        }
        self._known: dict[str, Amounts] = {}

    def cost(self, path: str, asked: FieldNode) -> int:
        """Return what the arguments of a field cost: 1 an object, less for the rest."""
        objects, entries, characters = self._amounts(
            [argument.value for argument in asked.arguments or ()]
        )
        dear = CHARACTERS_READ_FOR_ONE if path in READ else CHARACTERS_FOR_ONE
        return objects + entries // ENTRIES_FOR_ONE + characters // dear

    def _amounts(self, values: list[ValueNode]) -> Amounts:
        objects = entries = characters = 0
        waiting: list[ValueNode | None] = [*values]
        while waiting:
            one = waiting.pop()
            if isinstance(one, ListValueNode):
                inner = sum(isinstance(entry, ObjectValueNode) for entry in one.values)
                objects += inner
                entries += len(one.values) - inner
                waiting += one.values
            elif isinstance(one, ObjectValueNode):
                waiting += [entry.value for entry in one.fields]
            elif isinstance(one, StringValueNode):
                characters += len(one.value)
            elif isinstance(one, VariableNode):
                more = self._variable(one.name.value)
                objects, entries, characters = (
                    objects + more[0],
                    entries + more[1],
                    characters + more[2],
                )
        return objects, entries, characters

    def _variable(self, name: str) -> Amounts:
        if name not in self._known:
            default = self._defaults.get(name)
            if name in self._variables:
                self._known[name] = _amounts(self._variables[name])
            else:
                self._known[name] = self._amounts([default]) if default else (0, 0, 0)
        return self._known[name]


def _amounts(value: object) -> Amounts:
    objects = entries = characters = 0
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            elements = cast(list[object], one)
            inner = sum(isinstance(entry, dict) for entry in elements)
            objects += inner
            entries += len(elements) - inner
            waiting += elements
        elif isinstance(one, dict):
            waiting += cast(dict[str, object], one).values()
        elif isinstance(one, str):
            characters += len(one)
    return objects, entries, characters
