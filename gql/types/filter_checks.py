"""The conditions of a filter, checked against the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from gql.request.context import Context
from gql.request.failures import refuse_unknown
from gql.request.freshness import current_catalogue
from gql.types.inputs import DrinkFilterInput
from graph.catalogue.entities import Catalogue
from recommend.state.filters import NO_FILTER, DrinkFilter


async def checked_conditions(request: Context, filter: DrinkFilterInput | None) -> DrinkFilter:
    """Return the conditions; refuse to leave out an ingredient that is not known: a slip of the
    pen must not let it through. In a filter within a filter every id must be known.
    """
    if filter is None:
        return NO_FILTER
    wanted = filter.conditions()
    if wanted.without_ingredients or wanted.nested():
        catalogue = await current_catalogue(request)
        _refuse_unknown_parts(wanted.without_ingredients, catalogue)
        for inner in wanted.nested():
            _refuse_unknown_anywhere(inner, catalogue)
    return wanted


def _refuse_unknown_anywhere(wanted: DrinkFilter, catalogue: Catalogue) -> None:
    _refuse_unknown_parts((*wanted.ingredients, *wanted.without_ingredients), catalogue)
    refuse_unknown("filter.styles", wanted.styles, catalogue.styles, "Find ids on a drink.")
    refuse_unknown("filter.flavors", wanted.flavors, catalogue.flavors, "Find ids on a drink.")
    for inner in wanted.nested():
        _refuse_unknown_anywhere(inner, catalogue)


def _refuse_unknown_parts(ids: Iterable[str], catalogue: Catalogue) -> None:
    advice = "Find the ids in a drink's recipe."
    refuse_unknown("filter.withoutIngredients", ids, catalogue.ingredients, advice)
