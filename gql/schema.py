"""The schema: queries, mutations, subscriptions, limits on what one request may cost."""

from __future__ import annotations

import logging
from functools import cache
from typing import Any

import strawberry
from graphql import GraphQLError, GraphQLSchema, OperationDefinitionNode
from strawberry.extensions import MaskErrors
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types import ExecutionContext

from gql.execution.documents import Documents, KnownDocuments, errors_of, parsed
from gql.execution.planned import PlannedExecutor
from gql.mutations import Mutation
from gql.queries import Query
from gql.request.failures import GraphAway, InvalidInput
from gql.subscriptions import Subscription

log = logging.getLogger("tastegraph.graphql")


class Schema(strawberry.Schema):
    """A schema that logs faults of ours, and not what clients did wrong."""

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log errors that a resolver did not expect."""
        for error in errors:
            if _is_fault(error):
                log.error("a resolver failed", exc_info=error.original_error)


def _is_fault(error: GraphQLError) -> bool:
    return not isinstance(error.original_error, GraphQLError | InvalidOperationTypeError | None)


def make_schema() -> strawberry.Schema:
    """Build the schema, whose extensions check shape and cost before a document runs."""
    documents = Documents()
    extensions: list[Any] = [
        lambda: MaskErrors(
            should_mask_error=_is_fault, error_message="Something went wrong on our side."
        ),
        lambda: KnownDocuments(documents),
    ]
    return Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        extensions=extensions,
        types=[GraphAway, InvalidInput],
        execution_context_class=PlannedExecutor,
    )


@cache
def _bare() -> GraphQLSchema:
    return make_schema()._schema  # pyright: ignore[reportPrivateUsage] - it has no other name


def faults_of(text: str) -> list[str]:
    """Return what keeps a text from being one operation that is answered."""
    try:
        document = parsed(text)
    except GraphQLError as error:
        return [error.message]
    operations = [
        definition
        for definition in document.definitions
        if isinstance(definition, OperationDefinitionNode)
    ]
    if len(operations) != 1:
        return [f"It has {len(operations)} operations; a document has one."]
    return [error.message for error in errors_of(document, _bare())]
