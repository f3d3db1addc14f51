"""What an office may not ask: support, admins and auditors are held to their fields by the policy.

A field for people about themselves would otherwise be answered about the bearer of the token.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from gql.request.failures import coded, not_allowed
from gql.request.policy import Role, roles_for


def refused_to(
    roles: Collection[Role], document: DocumentNode, name: str | None
) -> GraphQLError | None:
    """Return why a valid operation is not for these roles; None if it is, or they are a person's.

    Fields of other offices refuse by themselves, with a `NotAllowed` in their result.
    """
    if Role.PERSON in roles:
        return None
    fragments = {
        definition.name.value: definition.selection_set
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    }
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode) and (
            name is None or (definition.name is not None and definition.name.value == name)
        ):
            root = definition.operation.value.title()
            for field in _fields(definition.selection_set, fragments):
                allowed = roles_for(f"{root}.{field}")
                if Role.PERSON in allowed and not allowed & set(roles):
                    return coded(not_allowed(allowed).failure)
    return None


def _fields(selected: SelectionSetNode, fragments: dict[str, SelectionSetNode]) -> Iterator[str]:
    for selection in selected.selections:
        if isinstance(selection, FieldNode):
            yield selection.name.value
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection.selection_set, fragments)
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields(fragments[selection.name.value], fragments)
