"""Documents: bounded before anything looks at them, parsed and validated once if they are valid.

Strawberry's own two caches look a request up by the whole parsed document and by the rules, which
its limiters make anew for each request: nothing was ever found, and a third of a request's time
went into validation.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import DocumentNode, GraphQLError, GraphQLSchema, parse, validate
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping
from strawberry.extensions import SchemaExtension

from gql.execution.cost import Costs, Values, costs_of, too_costly
from gql.execution.document_shape import shape_fault
from graph.lru_cache import LruCache

LONGEST_DOCUMENT = 100_000
MOST_TOKENS = 2000
MOST_ERRORS = 10
MOST_COMPARED = 10_000
MOST_BYTES = 32_000_000
BYTES_A_TOKEN = 900
"""Of a parsed document with its plan: 430 were measured for nodes; a character is at most 4."""
MOST_COSTS, LONGEST_VARIABLES = 20, 500


@dataclass(frozen=True, slots=True)
class _Known:
    """A valid document, and what it cost by the operation's name and the variables as JSON."""

    document: DocumentNode
    costs: dict[tuple[str | None, bytes], Costs] = field(
        default_factory=dict[tuple[str | None, bytes], Costs]
    )


class Documents:
    """Parses and validates; the documents that were valid lately are kept, with their costs."""

    def __init__(self) -> None:
        # graphql-core's own bound on comparing fields that might overlap, half a second of it
        overlapping.MAX_COMPLEXITY_BUDGET = MOST_COMPARED
        self.kept: LruCache[str, _Known] = LruCache(MOST_BYTES)

    def parsed(self, text: str) -> DocumentNode:
        """Parse, or take from memory what was parsed before. Raises a GraphQLError."""
        known = self.kept.get(text)
        return known.document if known else parsed(text)

    def errors(
        self, text: str, document: DocumentNode, schema: GraphQLSchema
    ) -> list[GraphQLError]:
        """Return what is wrong with a parsed document; keep it if nothing is."""
        if self._known(text, document):
            return []
        errors = errors_of(document, schema)
        if not errors:
            costs = MOST_COSTS * LONGEST_VARIABLES
            weight = costs + 4 * len(text) + BYTES_A_TOKEN * document.token_count
            self.kept.put(text, _Known(document), weight)
        return errors

    def costs(
        self,
        text: str,
        document: DocumentNode,
        schema: GraphQLSchema,
        name: str | None,
        variables: Values | None,
    ) -> Costs:
        """Return what an operation of a valid document costs."""
        said, known = _as_bytes(variables), self._known(text, document)
        if known is None or said is None:
            return costs_of(schema, document, name, variables)
        costs = known.costs.get((name, said))
        if costs is None:
            costs = costs_of(schema, document, name, variables)
            if len(known.costs) < MOST_COSTS:
                known.costs[name, said] = costs
        return costs

    def _known(self, text: str, document: DocumentNode) -> _Known | None:
        known = self.kept.get(text)
        return known if known and known.document is document else None


def _as_bytes(variables: Values | None) -> bytes | None:
    """Return variables as bytes that only the same variables have; None if they are long."""
    if not variables:
        return b""
    try:
        said = orjson.dumps(variables, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # what is not JSON, which a subscriber may send
        return None
    return said if len(said) <= LONGEST_VARIABLES else None


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
    """Takes documents and their errors from `Documents`, shared by all requests.

    An operation that costs more than the one who asks may spend is refused, and one that is not for
    their office.
    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def on_parse(self) -> Iterator[None]:
        """Give the parsed document."""
        context = self.execution_context
        # the bound of what Strawberry parses itself, to tell what is wrong with it
        context.parse_options["max_tokens"] = MOST_TOKENS
        if context.query is not None:
            with suppress(GraphQLError):  # then Strawberry parses it again, and tells the error
                context.graphql_document = self._documents.parsed(context.query)
        yield

    def on_validate(self) -> Iterator[None]:
        """Give the validation errors, and of a valid operation whether it costs too much."""
        context = self.execution_context
        text, document = context.query, context.graphql_document
        if text is not None and document is not None:
            schema: GraphQLSchema = context.schema._schema  # pyright: ignore[reportPrivateUsage] - it has no other name
            errors = self._documents.errors(text, document, schema)
            context.pre_execution_errors = errors or self._refused(text, document, schema)
        yield

    def get_results(self) -> dict[str, Any]:
        """Return the cost and the limit, for the `extensions` of the answer."""
        request = self.execution_context.context
        if request.cost is None:
            return {}
        return {"cost": {"requested": request.cost, "limit": request.cost_limit}}

    def _refused(
        self, text: str, document: DocumentNode, schema: GraphQLSchema
    ) -> list[GraphQLError]:
        context = self.execution_context
        request = context.context
        asked = context.operation_name, context.variables
        costs = self._documents.costs(text, document, schema, *asked)
        request.cost = costs[0]
        refusal = too_costly(costs, request.cost_limit) or request.refused(
            document, context.operation_name
        )
        return [refusal] if refusal else []
