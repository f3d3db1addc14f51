"""What an operation costs, worked out before it runs: the objects that it may answer with.

An object costs 1, a scalar nothing, and a list as often as it has entries: `first` of the field
that holds it, or the number in `SIZES`, or `SIZE_OF_OTHERS`. So the cost is rows times depth. What
is sent costs too (`gql/execution/argument_cost.py`), and introspection is counted by itself.
"""

# graphql-core leaves the types of its lists open.
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from gql.execution.argument_cost import Sent
from gql.execution.operations import fragments_of, operation_of

SLICING = {"first": {"items", "changes", "edges"}, "forAllergens": {"verdicts"}}
"""Arguments that say how long lists are, and which lists of the field's answer these are."""

SIZES = {
    "AllergenVerdict.evidence": 5,
    "AllergenVerdict.regulations": 2,
    "Drink.recipe": 6,
    "Evidence.path": 5,
    "Evidence.regulations": 2,
    "Safety.verdicts": 5,
    "Consents.purposes": 8,
    "PurposeConsent.history": 2,
    "ConsentReceipt.decisions": 3,
    "ConsentReceipt.effects": 3,
    "Query.consentTexts": 8,
    "Query.allergens": 50,
    "Query.diets": 10,
    "Query.flavors": 150,
    "Access.what": 2,
    "Query.regulations": 2,
    "Regulation.listings": 25,
    "__Type.enumValues": 1,
    "__Type.fields": 5,
    "__Type.inputFields": 1,
    "__Type.interfaces": 1,
    "__Type.possibleTypes": 1,
    "__Field.args": 1,
    "__Directive.args": 1,
}
SIZE_OF_OTHERS = 10
"""What lists usually hold that no argument limits."""

MOST_INTROSPECTED = 10_000
"""Objects of an introspection: what GraphiQL and code generators ask for, and not twice."""

MOST_TOLD = 2**53 - 1
"""A number that JSON can carry: more is too much anyway."""

Values = Mapping[str, Any]
Lengths = tuple[tuple[str, int], ...]
Costs = tuple[int, int]
"""What an operation costs, and the objects of its introspection."""


def too_costly(costs: Costs, limit: int) -> GraphQLError | None:
    """Return why an operation costs too much for somebody; None if it does not."""
    cost, introspected = costs
    if cost > limit:
        return _too_costly(cost, limit)
    return (
        _too_costly(introspected, MOST_INTROSPECTED) if introspected > MOST_INTROSPECTED else None
    )


def costs_of(
    schema: GraphQLSchema, document: DocumentNode, name: str | None, variables: Values | None
) -> Costs:
    """Return what an operation of a valid document costs, and the objects of its introspection.

    0 and 0 if it has no operation of that name.
    """
    operation = operation_of(document, name)
    root = schema.get_root_type(operation.operation) if operation else None
    if operation is None or root is None:
        return 0, 0
    estimate = _Estimate(schema, document, operation, variables or {})
    return min(estimate(root), MOST_TOLD), min(estimate.introspected, MOST_TOLD)


def _too_costly(cost: int, limit: int) -> GraphQLError:
    return GraphQLError(
        f"This may answer with {cost} objects; {limit} are allowed.",
        extensions={
            "code": "QUERY_TOO_COSTLY",
            "cost": cost,
            "limit": limit,
            "advice": "Ask for fewer rows (first), or for less of each.",
        },
    )


@dataclass
class _Estimate:
    """The cost of one operation with its variables; each fragment is worked out once."""

    schema: GraphQLSchema
    document: DocumentNode
    operation: OperationDefinitionNode
    variables: Values
    fragments: dict[str, FragmentDefinitionNode] = field(init=False)
    sent: Sent = field(init=False)
    introspected: int = 0
    known: dict[tuple[str, str, Lengths], int] = field(
        init=False, default_factory=dict[tuple[str, str, Lengths], int]
    )

    def __post_init__(self) -> None:
        self.fragments = fragments_of(self.document)
        self.sent = Sent(self.operation, self.variables)

    def __call__(self, root: GraphQLNamedType) -> int:
        return self._selected(self.operation.selection_set, root, ())

    def _selected(self, chosen: SelectionSetNode, parent: GraphQLNamedType, has: Lengths) -> int:
        """Return the cost of a selection; `has` are the lengths that the field above it gave."""
        total = 0
        for selection in chosen.selections:
            if isinstance(selection, FieldNode):
                total += self._field(selection, parent, has)
            elif isinstance(selection, InlineFragmentNode):
                kind = selection.type_condition
                within = self.schema.type_map[kind.name.value] if kind else parent
                total += self._selected(selection.selection_set, within, has)
            elif isinstance(selection, FragmentSpreadNode):
                total += self._fragment(selection.name.value, has)
        return total

    def _fragment(self, name: str, has: Lengths) -> int:
        fragment = self.fragments[name]
        within = fragment.type_condition.name.value
        key = (name, within, has)
        if key not in self.known:
            self.known[key] = self._selected(
                fragment.selection_set, self.schema.type_map[within], has
            )
        return self.known[key]

    def _field(self, asked: FieldNode, parent: GraphQLNamedType, has: Lengths) -> int:
        name = asked.name.value
        if name in ("__schema", "__type") and asked.selection_set:
            within = self.schema.type_map["__Schema" if name == "__schema" else "__Type"]
            self.introspected += 1 + self._selected(asked.selection_set, within, ())
            return 0
        if isinstance(parent, GraphQLUnionType) or name.startswith("__"):
            return 0
        if not isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
            return 0
        definition = parent.fields[name]
        entries = self.sent.cost(f"{parent.name}.{name}", asked)
        if asked.selection_set is None:
            return entries
        given = self._given(asked, definition.args)
        below = self._selected(
            asked.selection_set,
            get_named_type(definition.type),
            tuple(
                (argument, size) for key, size in given.items() for argument in sorted(SLICING[key])
            ),
        )
        if name == "ofType":  # seldom more than null
            return below
        rows = 1
        if is_list_type(get_nullable_type(definition.type)):
            rows = self._rows(f"{parent.name}.{name}", name, given, dict(has))
        return entries + rows * (1 + below)

    def _rows(self, path: str, name: str, given: dict[str, int], has: dict[str, int]) -> int:
        if "first" in given:
            return given["first"]
        if path == "__Schema.types":
            return len(self.schema.type_map)
        return has.get(name, SIZES.get(path, SIZE_OF_OTHERS))

    def _given(self, asked: FieldNode, arguments: Mapping[str, Any]) -> dict[str, int]:
        """Return the lengths that a field's arguments give, or their defaults."""
        said = {argument.name.value: argument.value for argument in asked.arguments or ()}
        sizes: dict[str, int] = {}
        for name in SLICING.keys() & arguments.keys():
            default = arguments[name].default_value
            if name in said:
                size = self._size(said[name])
            else:
                size = default if isinstance(default, int) else None
            if size is not None:
                sizes[name] = max(0, size)
        return sizes

    def _size(self, value: ValueNode) -> int | None:
        """Return the number that a value is, or the length of the list; None if it is neither."""
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, ListValueNode):
            return len(value.values)
        if isinstance(value, VariableNode):
            return self._variable(value.name.value)
        return None

    def _variable(self, name: str) -> int | None:
        if name in self.variables:
            variable = self.variables[name]
            if isinstance(variable, list):
                return len(variable)
            return variable if isinstance(variable, int) else None
        for variable_definition in self.operation.variable_definitions or ():
            if (
                variable_definition.variable.name.value == name
                and variable_definition.default_value is not None
            ):
                return self._size(variable_definition.default_value)
        return None
