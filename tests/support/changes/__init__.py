"""Changes of a graph by another writer, made to the world of the rule's model alike."""

from tests.support.changes.writer import Writer

__all__ = ["Writer"]
