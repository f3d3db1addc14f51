"""The law of the person who asks: it decides names and groups, never what is checked."""

from __future__ import annotations

from collections.abc import Awaitable

from gql.request.context import Context
from gql.request.failures import answering
from graph.catalogue.entities import Catalogue
from graph.catalogue.regulations import Listing, Regulation
from recommend.ranking.pipeline import NOBODY


def name_of(request: Context, allergen_id: str) -> str | Awaitable[str]:
    """Return the name of an allergen in the regulation of the person who asks, else our own.

    At once if both are in memory, as they are below a list: see `laws_listing`.
    """
    snapshots = request.dependencies.snapshots
    profile = snapshots.remembered(request.user_id) if request.user_id else NOBODY
    if snapshots.current is None or profile is None:
        return _awaited_name(request, allergen_id)
    return _name(snapshots.current.catalogue, profile.regulation, allergen_id)


@answering
async def _awaited_name(request: Context, allergen_id: str) -> str:
    return _name(await catalogue_of(request), await regulation_of(request), allergen_id)


def _name(catalogue: Catalogue, law: str | None, allergen_id: str) -> str:
    chosen = catalogue.regulations.get(law) if law else None
    listing = chosen.listings.get(allergen_id) if chosen else None
    known = catalogue.allergens.get(allergen_id)
    return listing.name if listing else known.name if known else allergen_id


async def regulation_of(request: Context, *, fresh: bool = False) -> str | None:
    """Return the regulation that the person who asks has chosen, if it is known."""
    if request.user_id is None:
        return None
    chosen = (await request.dependencies.snapshots.profile(request.user_id, fresh=fresh)).regulation
    return chosen if chosen in (await catalogue_of(request)).regulations else None


async def catalogue_of(request: Context) -> Catalogue:
    """The catalogue in memory, loaded if this is the first request. Raises a GraphError."""
    return (await request.dependencies.snapshots.snapshot()).catalogue


def laws_listing(request: Context, allergen_id: str | None) -> list[tuple[Regulation, Listing]]:
    """Return the laws that list an allergen, with what each says of it, from memory.

    Without waiting: an answer may ask this thousands of times, and each wait costs more than it.
    """
    snapshot = request.dependencies.snapshots.current
    if snapshot is None or allergen_id is None:
        return []
    laws = snapshot.catalogue.regulations.values()
    return [(law, said) for law in laws if (said := law.listings.get(str(allergen_id)))]
