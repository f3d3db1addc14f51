"""What an office may not ask: support, admins and auditors are held to their fields by the policy.

A field for people about themselves would otherwise be answered about the bearer of the token.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    SelectionSetNode,
)

from gql.execution.operations import fragments_of, operation_of
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
    operation = operation_of(document, name)
    if operation is None:
        return None  # nothing is executed
    root = operation.operation.value.title()
    for field in _fields(operation.selection_set, fragments_of(document)):
        allowed = roles_for(f"{root}.{field}")
        if Role.PERSON in allowed and not allowed & set(roles):
            return coded(not_allowed(allowed).failure)
    return None


def _fields(
    selected: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> Iterator[str]:
    for selection in selected.selections:
        if isinstance(selection, FieldNode):
            yield selection.name.value
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection.selection_set, fragments)
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields(fragments[selection.name.value].selection_set, fragments)
