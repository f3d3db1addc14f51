"""Documents: bounded before anything looks at them, parsed and validated once if they are valid.

Strawberry's own two caches look a request up by the whole parsed document and by the rules, which
its limiters make anew for each request: nothing was ever found, and a third of a request's time
went into validation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping
from strawberry.extensions import SchemaExtension

from gql.execution.document_shape import shape_fault
from graph.lru_cache import LruCache

LONGEST_DOCUMENT = 100_000
MOST_TOKENS = 2000
MOST_ERRORS = 10
MOST_COMPARED = 10_000
MOST_BYTES = 32_000_000
BYTES_A_TOKEN = 600
"""Of a parsed document, its nodes included: 430 were measured; a character is at most 4."""


class Documents:
    """Parses and validates; the documents that were valid lately are kept."""

    def __init__(self) -> None:
        # graphql-core's own bound on comparing fields that might overlap, half a second of it
        overlapping.MAX_COMPLEXITY_BUDGET = MOST_COMPARED
        self.kept: LruCache[str, DocumentNode] = LruCache(MOST_BYTES)

    def parsed(self, text: str) -> DocumentNode:
        """Parse, or take from memory what was parsed before. Raises a GraphQLError."""
        return self.kept.get(text) or parsed(text)

    def errors(
        self, text: str, document: DocumentNode, schema: GraphQLSchema
    ) -> list[GraphQLError]:
        """Return what is wrong with a parsed document; keep it if nothing is."""
        if self.kept.get(text) is document:
            return []
        errors = errors_of(document, schema)
        if not errors:
            weight = 4 * len(text) + BYTES_A_TOKEN * document.token_count
            self.kept.put(text, document, weight)
        return errors


def parsed(text: str) -> DocumentNode:
    """Return a parsed document; raise a GraphQLError, also if it is too long."""
    if len(text) > LONGEST_DOCUMENT:
        raise GraphQLError(
            f"The document has {len(text):,} characters; {LONGEST_DOCUMENT:,} are allowed. "
            "Send long texts as variables."
        )
    return parse(text, max_tokens=MOST_TOKENS)


def errors_of(document: DocumentNode, schema: GraphQLSchema) -> list[GraphQLError]:
    """Return what is wrong with a document: its shape, or else the first few of its errors."""
    fault = shape_fault(document)
    return [fault] if fault else validate(schema, document, max_errors=MOST_ERRORS)


class KnownDocuments(SchemaExtension):
    """Takes documents and their errors from `Documents`, shared by all requests."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def on_operation(self) -> Iterator[None]:
        """Bound what Strawberry parses itself, to tell what is wrong with it."""
        context = self.execution_context
        context.parse_options["max_tokens"] = MOST_TOKENS
        yield

    def on_parse(self) -> Iterator[None]:
        """Give the parsed document."""
        context = self.execution_context
        if context.query is not None:
            with suppress(GraphQLError):  # then Strawberry parses it again, and tells the error
                context.graphql_document = self._documents.parsed(context.query)
        yield

    def on_validate(self) -> Iterator[None]:
        """Give the validation errors."""
        context = self.execution_context
        if context.query is not None and context.graphql_document is not None:
            context.pre_execution_errors = self._documents.errors(
                context.query,
                context.graphql_document,
                context.schema._schema,  # pyright: ignore[reportPrivateUsage] - it has no other name
            )
        yield
