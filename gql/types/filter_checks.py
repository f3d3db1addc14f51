"""The conditions of a filter, checked against the catalogue."""

from __future__ import annotations

from collections.abc import Iterable

from gql.request.context import Context
from gql.request.failures import invalid
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
        snapshots = request.dependencies.snapshots
        catalogue = (await snapshots.refresh(await snapshots.snapshot())).catalogue
        _refuse_unknown_parts(wanted.without_ingredients, catalogue)
        for one in wanted.nested():
            _refuse_unknown(one, catalogue)
    return wanted


def _refuse_unknown(wanted: DrinkFilter, catalogue: Catalogue) -> None:
    _refuse_unknown_parts((*wanted.ingredients, *wanted.without_ingredients), catalogue)
    for name, ids, known in (
        ("styles", wanted.styles, catalogue.styles),
        ("flavors", wanted.flavors, catalogue.flavors),
    ):
        unknown = [one for one in ids if one not in known]
        if unknown:
            raise invalid(
                f"filter.{name}", f"Not known: {', '.join(unknown[:5])}.", "Find ids on a drink."
            )
    for one in wanted.nested():
        _refuse_unknown(one, catalogue)


def _refuse_unknown_parts(ids: Iterable[str], catalogue: Catalogue) -> None:
    unknown = [one for one in ids if one not in catalogue.ingredients]
    if unknown:
        raise invalid(
            "filter.withoutIngredients",
            f"Not known: {', '.join(unknown[:5])}.",
            "Find the ids in a drink's recipe.",
        )
