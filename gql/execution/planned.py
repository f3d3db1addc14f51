"""Executing a known document: what is the same for each request is worked out once.

graphql-core collects the fields of each selection anew for each request, and treats each value
alike: an object that tells the resolver where it is, a check whether to wait, a coercion. Here what
a selection asks of each type is kept with the operation, if no variable changes it; and an
attribute that is already what JSON takes is taken as it is. All else is the library's.
"""

# graphql-core and Strawberry leave much of an executor untyped.
# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownVariableType=false, reportUnknownParameterType=false

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from weakref import ref

from graphql import (
    FragmentDefinitionNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLObjectType,
    GraphQLString,
    OperationDefinitionNode,
    SelectionSetNode,
    get_nullable_type,
    is_non_null_type,
)
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

_MISSING = object()


def _is_32_bit(value: int) -> bool:
    return -(2**31) <= value < 2**31


_SCALARS: dict[Any, tuple[type, Callable[[Any], bool] | None]] = {
    GraphQLString: (str, None),
    GraphQLID: (str, None),
    GraphQLBoolean: (bool, None),
    GraphQLInt: (int, _is_32_bit),
    GraphQLFloat: (float, math.isfinite),
}


@dataclass(frozen=True, slots=True)
class _Attribute:
    """A field that is an attribute, of a type whose values are their own encoding.

    If they are not, as members of an enum, `names` has it.
    """

    name: str
    type: type
    holds: Callable[[Any], bool] | None
    names: dict[Any, str] | None
    nullable: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """What was worked out of an operation; `root` and `below` only if no variable changes it."""

    shared: bool
    root: dict[str, Any] = field(default_factory=dict[str, Any])
    below: dict[Any, Any] = field(default_factory=dict[Any, Any])
    attributes: dict[GraphQLObjectType, dict[str, _Attribute | None]] = field(
        default_factory=dict[GraphQLObjectType, "dict[str, _Attribute | None]"]
    )


class _Plans:
    """The plan of each operation whose document is in memory: it goes with the document."""

    def __init__(self) -> None:
        self._plans: dict[int, tuple[ref[OperationDefinitionNode], _Plan]] = {}

    def of(
        self, operation: OperationDefinitionNode, fragments: Iterable[FragmentDefinitionNode]
    ) -> _Plan:
        # by identity: a node's own hash reads all of it
        known = self._plans.get(id(operation))
        if known is not None:
            return known[1]
        key, forget = id(operation), self._plans.pop
        plan = _Plan(shared=_is_fixed(operation, fragments))
        self._plans[key] = (ref(operation, lambda _: forget(key, None)), plan)
        return plan


_plans = _Plans()


class PlannedExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor, with what does not change from request to request kept."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._plan = _plans.of(self.operation, self.fragment_definitions.values())
        if self._plan.shared:
            self._relevant_sub_fields = self._plan.below
        manager = self.middleware_manager
        self._is_wrapped = manager is not None and bool(manager.middlewares)

    def execute_collected_root_fields(
        self,
        root_type: Any,
        root_value: Any,
        grouped_field_set: Any,
        serially: bool,
        new_defer_usages: Any,
    ) -> Any:
        """Execute the fields that were collected first: what is kept below hangs on them."""
        if self._plan.shared:
            grouped_field_set = self._plan.root.setdefault(root_type.name, grouped_field_set)
        return super().execute_collected_root_fields(
            root_type, root_value, grouped_field_set, serially, new_defer_usages
        )

    def execute_field(
        self,
        parent_type: Any,
        source: Any,
        field_details_list: Any,
        path: Any,
        position_context: Any,
    ) -> Any:
        """Take an attribute as it is if it needs nothing; else execute the field as always."""
        attribute = self._attribute(parent_type, field_details_list[0].node.name.value)
        if attribute is not None and not self._is_wrapped:
            value = getattr(source, attribute.name, _MISSING)
            if value is None and attribute.nullable:
                return None
            if type(value) is attribute.type:
                if attribute.names is not None:
                    return attribute.names[value]
                if attribute.holds is None or attribute.holds(value):
                    return value
        return super().execute_field(
            parent_type, source, field_details_list, path, position_context
        )

    def _attribute(self, parent_type: GraphQLObjectType, name: str) -> _Attribute | None:
        known = self._plan.attributes.get(parent_type)
        if known is None:
            known = self._plan.attributes[parent_type] = {}
        if name not in known:
            known[name] = _attribute_of(parent_type, name)
        return known[name]


def _attribute_of(parent_type: GraphQLObjectType, name: str) -> _Attribute | None:
    """Return the attribute that a field is, None if it is anything else."""
    definition = parent_type.fields.get(name)
    if definition is None or definition.args:
        return None
    said = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(said, StrawberryField) or not said.is_basic_field:
        return None
    if said.default_resolver is not getattr or not getattr(definition.resolve, "_is_default", 0):
        return None
    type_: Any = get_nullable_type(definition.type)
    nullable = not is_non_null_type(definition.type)
    if isinstance(type_, GraphQLEnumType):
        enum: Any = getattr(type_, "wrapped_cls", None)
        names = {member: type_.coerce_output_value(member) for member in enum or ()}
        return _Attribute(said.python_name, enum, None, names, nullable) if names else None
    if type_ not in _SCALARS:
        return None
    python_type, holds = _SCALARS[type_]
    return _Attribute(said.python_name, python_type, holds, None, nullable)


def _is_fixed(
    operation: OperationDefinitionNode, fragments: Iterable[FragmentDefinitionNode]
) -> bool:
    """Return whether an operation selects the same fields whatever its variables are."""
    waiting: list[SelectionSetNode] = [operation.selection_set]
    for fragment in fragments:
        if fragment.variable_definitions:
            return False
        waiting.append(fragment.selection_set)
    while waiting:
        for selection in waiting.pop().selections:
            if selection.directives:
                return False
            below: SelectionSetNode | None = getattr(selection, "selection_set", None)
            if below:
                waiting.append(below)
    return True
