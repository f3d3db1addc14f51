"""The catalogue as new as a request needs it."""

from __future__ import annotations

from gql.request.context import Context
from graph.catalogue.entities import Catalogue
from graph.errors import GraphError

REFRESHES = 10


async def known_catalogue(request: Context) -> Catalogue:
    """Return the catalogue as new as the graph; the one in memory while the graph is away."""
    snapshots = request.dependencies.snapshots
    snapshot = await snapshots.snapshot()
    try:
        return (await snapshots.refresh(snapshot)).catalogue
    except GraphError:
        return snapshot.catalogue


async def current_catalogue(request: Context, at_least: int = 0) -> Catalogue:
    """Return the catalogue as new as the graph, and as a version; a GraphError if it is away.

    Somebody else's refresh, begun before that version was written, may be what one waits for.
    """
    snapshots = request.dependencies.snapshots
    catalogue = (await snapshots.refresh(await snapshots.snapshot())).catalogue
    for _ in range(REFRESHES):
        if catalogue.version >= at_least:
            break
        catalogue = (await snapshots.refresh(await snapshots.snapshot())).catalogue
    return catalogue
