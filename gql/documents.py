"""Requests seen before: parsed and validated once, found again by their text alone.

Strawberry's own two caches look a request up by the whole parsed document and by the rules, which
its limiters make anew for each request: nothing was ever found, and a third of a request's time
went into validation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    parse,
    validate,
)
from strawberry.extensions import SchemaExtension

DOCUMENTS_KEPT = 500

Rules = tuple[type[ASTValidationRule], ...]


class Documents:
    """The parsed documents and the validation errors of the texts seen lately."""

    def __init__(self) -> None:
        self.parsed = lru_cache(maxsize=DOCUMENTS_KEPT)(_parse)
        self.errors = lru_cache(maxsize=DOCUMENTS_KEPT)(self._validate)

    def _validate(
        self, text: str, tokens: int | None, schema: GraphQLSchema, rules: Rules
    ) -> list[GraphQLError]:
        return validate(schema, self.parsed(text, tokens), rules)


def _parse(text: str, tokens: int | None) -> DocumentNode:
    return parse(text, max_tokens=tokens)


class KnownDocuments(SchemaExtension):
    """Takes documents and validation errors from `Documents`, shared by all requests."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def on_parse(self) -> Iterator[None]:
        """Give the parsed document."""
        context = self.execution_context
        tokens = context.parse_options.get("max_tokens")
        if context.query is not None:
            with suppress(GraphQLError):  # then Strawberry parses it again, and tells the error
                context.graphql_document = self._documents.parsed(context.query, tokens)
        yield

    def on_validate(self) -> Iterator[None]:
        """Give the validation errors."""
        context = self.execution_context
        tokens = context.parse_options.get("max_tokens")
        if context.query is not None:
            context.pre_execution_errors = self._documents.errors(
                context.query,
                tokens,
                context.schema._schema,  # pyright: ignore[reportPrivateUsage] - it has no other name
                tuple(context.validation_rules),
            )
        yield
