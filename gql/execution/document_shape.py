"""The shape of a document: how far its fragments unfold, known before any rule looks at it.

Rules, costs and execution follow a fragment wherever it is spread, so that a few bytes can stand
for millions of fields. Here each token and each selection is looked at once, and each fragment's
extent is worked out once: the time is linear in the document's size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    OperationDefinitionNode,
    SelectionSetNode,
    Token,
    TokenKind,
)

DEEPEST = 12
MOST_ALIASES = 15
MOST_FRAGMENTS = 100
MOST_SELECTED = 5_000
LONGEST_WORD = 200
_WORDS = (TokenKind.NAME, TokenKind.INT, TokenKind.FLOAT)


def shape_fault(document: DocumentNode) -> GraphQLError | None:
    """Return what makes a document too much to look at; None if nothing does."""
    if any(
        token.end - token.start > LONGEST_WORD
        for token in _tokens(document)
        if token.kind in _WORDS
    ):
        return GraphQLError(f"A name or number has over {LONGEST_WORD} characters.")
    fragments = [
        definition
        for definition in document.definitions
        if isinstance(definition, FragmentDefinitionNode)
    ]
    if len(fragments) > MOST_FRAGMENTS:
        return GraphQLError(f"{len(fragments)} fragments found. Allowed: {MOST_FRAGMENTS}")
    extents = _Extents({fragment.name.value: fragment for fragment in fragments})
    try:
        return _fault(document, extents)
    except _Cycle as cycle:
        return GraphQLError(f"Cannot spread fragment '{cycle}' within itself.")


def _tokens(document: DocumentNode) -> Iterator[Token]:
    token = document.loc.start_token if document.loc else None
    while token:
        yield token
        token = token.next


def _fault(document: DocumentNode, extents: _Extents) -> GraphQLError | None:
    aliases = selected = 0
    for definition in document.definitions:
        if isinstance(definition, FragmentDefinitionNode):
            extents.of_fragment(definition.name.value)  # for a cycle that no operation reaches
        if not isinstance(definition, OperationDefinitionNode):
            continue
        extent = extents.of(definition.selection_set)
        if extent.depth > DEEPEST:
            name = definition.name.value if definition.name else "anonymous"
            return GraphQLError(f"'{name}' exceeds maximum operation depth of {DEEPEST}")
        aliases += extent.aliases
        selected += extent.selected
    if aliases > MOST_ALIASES:
        return GraphQLError(f"Too many aliases found. Allowed: {MOST_ALIASES}")
    if selected > MOST_SELECTED:
        return GraphQLError(
            f"With its fragments it selects more than {MOST_SELECTED:,} fields. Ask for less."
        )
    return None


@dataclass(frozen=True, slots=True)
class _Extent:
    """Levels, aliases and selections of a selection set, what it spreads included."""

    depth: int = 0
    aliases: int = 0
    selected: int = 0


@dataclass
class _Written:
    """A selection set as it is written; each spread with its level, None within introspection."""

    depth: int = 0
    aliases: int = 0
    selected: int = 0
    spreads: list[tuple[str, int | None]] = field(default_factory=list[tuple[str, int | None]])


class _Cycle(Exception):
    """A fragment spreads itself."""


class _Extents:
    def __init__(self, fragments: dict[str, FragmentDefinitionNode]) -> None:
        self._fragments = fragments
        self._known: dict[str, _Extent] = {}
        self._open: set[str] = set()

    def of(self, chosen: SelectionSetNode) -> _Extent:
        written = _written(chosen)
        depth, aliases, selected = written.depth, written.aliases, written.selected
        for name, level in written.spreads:
            below = self.of_fragment(name)
            aliases += below.aliases
            selected += below.selected
            if level is not None:
                depth = max(depth, level + below.depth)
        return _Extent(depth, aliases, selected)

    def of_fragment(self, name: str) -> _Extent:
        if name in self._open:
            raise _Cycle(name)
        if name not in self._fragments:
            return _Extent()  # a rule says so
        if name not in self._known:
            self._open.add(name)
            self._known[name] = self.of(self._fragments[name].selection_set)
            self._open.remove(name)
        return self._known[name]


def _written(root: SelectionSetNode) -> _Written:
    """Return what a selection set has in it; introspection is as deep as it likes."""
    written = _Written()
    waiting: list[tuple[SelectionSetNode, int | None]] = [(root, 0)]
    while waiting:
        chosen, level = waiting.pop()
        written.depth = max(written.depth, level or 0)
        written.selected += len(chosen.selections)
        for selection in chosen.selections:
            if isinstance(selection, FragmentSpreadNode):
                written.spreads.append((selection.name.value, level))
                continue
            inner = level
            if isinstance(selection, FieldNode):
                written.aliases += selection.alias is not None
                if level is not None:
                    inner = None if selection.name.value.startswith("__") else level + 1
            below: SelectionSetNode | None = getattr(selection, "selection_set", None)
            if below:
                waiting.append((below, inner))
    return written
