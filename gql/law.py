"""The law of the person who asks: it decides names and groups, never what is checked."""

from __future__ import annotations

from gql.context import Context
from graph.catalogue import Catalogue
from graph.regulations import Listing, Regulation

Listed = tuple[Regulation, Listing]


async def name_of(request: Context, allergen_id: str) -> str:
    """Return the name of an allergen in the regulation of the person who asks, else our own."""
    catalogue = await catalogue_of(request)
    law = await regulation_of(request)
    listing = catalogue.regulations[law].listings.get(allergen_id) if law else None
    known = catalogue.allergens.get(allergen_id)
    return listing.name if listing else known.name if known else allergen_id


async def regulation_of(request: Context, *, fresh: bool = False) -> str | None:
    """Return the regulation that the person who asks has chosen, if it is known."""
    if request.user_id is None:
        return None
    chosen = (await request.parts.keeper.profile(request.user_id, fresh=fresh)).regulation
    return chosen if chosen in (await catalogue_of(request)).regulations else None


async def catalogue_of(request: Context) -> Catalogue:
    """Return the catalogue in memory."""
    return (await request.parts.keeper.snapshot()).catalogue


def laws_listing(request: Context, allergen_id: str | None) -> list[Listed]:
    """Return the laws that list an allergen, with what each says of it, from memory.

    Without waiting: an answer may ask this thousands of times, and each wait costs more than it.
    """
    snapshot = request.parts.keeper.current
    if snapshot is None or allergen_id is None:
        return []
    laws = snapshot.catalogue.regulations.values()
    return [(law, said) for law in laws if (said := law.listings.get(str(allergen_id)))]
