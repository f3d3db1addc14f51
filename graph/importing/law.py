"""Laws: what each lists under which name, and what it exempts, read as a whole for each law."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.catalogue.regulations import Regulation, load_regulations
from graph.importing.files.parsing import Problem
from graph.importing.files.rows import ExemptionRow, ListingRow, Row
from graph.importing.files.sources import Sources
from graph.importing.ingredients import Ingredients
from graph.importing.job import Job, Step, in_steps
from graph.importing.terms import Terms
from graph.query import Query
from graph.query_files import load


@dataclass(frozen=True)
class _Queries:
    remove: Query
    add: Query


_LISTINGS = _Queries(load("catalogue/unlist_allergens"), load("catalogue/list_allergens"))
_PRODUCTS = _Queries(
    load("catalogue/withdraw_product_exemptions"), load("catalogue/exempt_products")
)
_INGREDIENTS = _Queries(
    load("catalogue/withdraw_ingredient_exemptions"), load("catalogue/exempt_ingredients")
)
Content = dict[str, Any]


async def plan_law(
    job: Job, sources: Sources, terms: Terms, ingredients: Ingredients
) -> list[Step]:
    """Return the steps that write listings and exemptions, for each law for which they change.

    They belong after the steps of allergens and ingredients. A row that names something unknown is
    rejected.
    """
    if not (sources.of("listings") or sources.of("exemptions")):
        return []
    known = await load_regulations(job.graph, deadline=60.0)
    listings = _read(job, sources, "listings", ListingRow, terms, ingredients)
    exemptions = _read(job, sources, "exemptions", ExemptionRow, terms, ingredients)
    products = [exemption for exemption in exemptions if exemption["ingredient"] is None]
    exempt = [exemption for exemption in exemptions if exemption["ingredient"] is not None]
    return [
        *_steps(job, "listings", _LISTINGS, listings, _listed(known)),
        *_steps(job, "exemptions", _PRODUCTS, products, _exempted(known, of_ingredients=False)),
        *_steps(job, "exemptions", _INGREDIENTS, exempt, _exempted(known, of_ingredients=True)),
    ]


def _read(
    job: Job,
    sources: Sources,
    table: str,
    model: type[Row],
    terms: Terms,
    ingredients: Ingredients,
) -> list[Content]:
    finders = {
        "regulation": terms.regulations.find,
        "allergen": terms.allergens.find,
        "ingredient": ingredients.names.find,
    }
    content_of: dict[tuple[object, ...], Content] = {}
    for source in sources.of(table):
        for record, row in job.read(source, model):
            if isinstance(row, list):
                job.reject(table, record, row)
                continue
            content = row.model_dump()
            named = {field: content[field] for field in finders if content.get(field)}
            ids = {field: finders[field](text) for field, text in named.items()}
            problems = [
                Problem(field, named[field], "names nothing known")
                for field, id_ in ids.items()
                if id_ is None
            ]
            if problems:
                job.reject(table, record, problems)
            else:
                content |= ids
                content_of[tuple(content.values())] = content
    return list(content_of.values())


def _steps(
    job: Job,
    table: str,
    queries: _Queries,
    rows: list[Content],
    known: Mapping[str, Iterable[Content]],
) -> list[Step]:
    """Return the steps that replace everything of the laws whose rows have changed."""
    by_law: dict[str, list[Content]] = defaultdict(list)
    for row in rows:
        by_law[row["regulation"]].append(row)
    changed = [
        law for law, said in by_law.items() if _comparable(said) != _comparable(known.get(law, ()))
    ]
    added = [row for law in changed for row in by_law[law]]
    job.summary.table(table).written += len(added)
    return [*in_steps(queries.remove, "ids", changed), *in_steps(queries.add, "rows", added)]


def _comparable(rows: Iterable[Content]) -> set[tuple[tuple[str, Any], ...]]:
    return {tuple(sorted(row.items())) for row in rows}


def _listed(known: Mapping[str, Regulation]) -> dict[str, list[Content]]:
    return {
        law.id: [
            {
                "regulation": law.id,
                "allergen": listing.allergen,
                "name": listing.name,
                "entry": listing.entry,
                "text": listing.text,
                "source": listing.source,
            }
            for listing in law.listings.values()
        ]
        for law in known.values()
    }


def _exempted(known: Mapping[str, Regulation], *, of_ingredients: bool) -> dict[str, list[Content]]:
    return {
        law.id: [
            {
                "regulation": law.id,
                "allergen": exemption.allergen,
                "ingredient": exemption.ingredient,
                "text": exemption.text,
                "source": exemption.source,
            }
            for exemption in law.exemptions
            if (exemption.ingredient is not None) == of_ingredients
        ]
        for law in known.values()
    }
