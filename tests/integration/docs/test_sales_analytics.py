"""The analysts' questions about sales answer what plain counting answers, on both engines."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest

from graph.connection import Address, Graph, Row, connect
from graph.query_files import load
from graph.safety_rule import SafetyRule
from graph.schema import apply_schema
from tests.support.emptying import ask, empty
from tests.support.shop import DAY, Purchase, Shop, random_shop, write_shop

SEEDS = (1, 2)
Served = tuple[Graph, Shop]


@pytest.fixture(scope="module", params=SEEDS)
async def selling(address: Address, request: pytest.FixtureRequest) -> AsyncIterator[Served]:
    """A graph with a random shop in it, which these tests only read."""
    shop = random_shop(request.param)
    async with connect(address, deadline=60.0) as graph:
        await apply_schema(graph)
        await empty(graph)
        await write_shop(shop, graph)
        await ask(
            graph,
            "MERGE (r:Regulation {id: 'a-law'}) WITH r MATCH (a:Allergen) MERGE (r)-[:LISTS]->(a)",
        )
        yield graph, shop


async def run(selling: Served, name: str, **values: Any) -> list[Row]:
    rows = await selling[0].run(load(f"analytics/{name}"), deadline=60.0, **values)
    assert rows, "the shop has nothing to show"
    return rows


def same(rows: Iterable[Row], expected: Iterable[Row]) -> bool:
    """Whether the rows are the same, whatever their order; numbers may differ by rounding."""

    def plain(row: Row) -> str:
        return repr(
            [
                (key, round(value, 6) + 0.0 if isinstance(value, float) else value)
                for key, value in sorted(row.items())
                if key not in ("name", "insteadName", "otherName")
            ]
        )

    actual, wanted = sorted(map(plain, rows)), sorted(map(plain, expected))
    assert actual == wanted
    return True


def grouped(
    purchases: Iterable[Purchase], key: Callable[[Purchase], Any]
) -> dict[Any, list[Purchase]]:
    groups: dict[Any, list[Purchase]] = defaultdict(list)
    for purchase in purchases:
        groups[key(purchase)].append(purchase)
    return groups


def people(purchases: Iterable[Purchase]) -> int:
    return len({purchase.user for purchase in purchases})


async def test_sales_by_style(selling: Served) -> None:
    shop = selling[1]
    expected: list[Row] = []
    for style in {style for drink in shop.drinks for style in shop.styles(drink)}:
        bought = [purchase for purchase in shop.purchases if style in shop.styles(purchase.drink)]
        if people(bought) >= 5:
            drinks = len({purchase.drink for purchase in bought})
            row = {"style": style, "drinks": drinks, "purchases": len(bought)}
            expected.append({**row, "people": people(bought)})
    assert same(await run(selling, "sales_by_style", minPeople=5, rows=50), expected)


async def test_sales_by_month(selling: Served) -> None:
    dated = [purchase for purchase in selling[1].purchases if purchase.at is not None]
    months = grouped(
        dated, lambda purchase: datetime.fromtimestamp(purchase.at / 1000, UTC).isoformat()[:7]
    )
    assert same(
        await run(selling, "sales_by_month", minPeople=5),
        [
            {
                "month": month,
                "purchases": len(bought),
                "people": people(bought),
                "drinks": len({purchase.drink for purchase in bought}),
            }
            for month, bought in months.items()
            if people(bought) >= 5
        ],
    )


@pytest.mark.parametrize("context", ["season", "daypart"])
async def test_sales_by_season_and_daypart(selling: Served, context: str) -> None:
    shop = selling[1]
    said = [purchase for purchase in shop.purchases if getattr(purchase, context)]
    cells = grouped(said, lambda purchase: (getattr(purchase, context), shop.kind(purchase.drink)))
    expected: list[Row] = []
    for (when, kind), bought in cells.items():
        of_kind = sum(shop.kind(purchase.drink) == kind for purchase in said)
        in_this = sum(getattr(purchase, context) == when for purchase in said)
        lift = (len(bought) / in_this) / (of_kind / len(said))
        row = {context: when, "kind": kind, "purchases": len(bought), "lift": lift}
        expected.append({**row, "people": people(bought)})
    least = max(row["people"] for row in expected)
    shown = [row for row in expected if row["people"] >= least]
    assert same(await run(selling, f"sales_by_{context}", minPeople=least), shown)
    assert len(shown) < len(expected), "no small group to leave out"


async def test_sales_by_allergy(selling: Served) -> None:
    shop, expected = selling[1], list[Row]()
    kinds = Counter(shop.kind(purchase.drink) for purchase in shop.purchases)
    for allergen in shop.world.ids("allergen"):
        mine = [
            purchase
            for purchase in shop.purchases
            if allergen in {it.allergen for it in shop.world.people[purchase.user].allergies}
        ]
        cells = grouped(mine, lambda purchase: shop.kind(purchase.drink))
        shown = {kind: bought for kind, bought in cells.items() if people(bought) >= 3}
        total = sum(map(len, shown.values()))
        for kind, bought in shown.items():
            lift = (len(bought) / total) / (kinds[kind] / len(shop.purchases))
            row = {"allergen": allergen, "kind": kind, "purchases": len(bought)}
            expected.append({**row, "people": people(bought), "lift": lift})
    assert same(await run(selling, "sales_by_allergy", minPeople=3, rows=500), expected)


async def test_sales_by_diet(selling: Served) -> None:
    shop, expected = selling[1], list[Row]()
    for diet in shop.world.ids("diet"):
        mine = [
            purchase
            for purchase in shop.purchases
            if diet in shop.world.people[purchase.user].diets
        ]
        for kind, bought in grouped(mine, lambda purchase: shop.kind(purchase.drink)).items():
            if people(bought) >= 2:
                row = {"diet": diet, "kind": kind, "purchases": len(bought)}
                expected.append({**row, "people": people(bought)})
    answered = await selling[0].run(load("analytics/sales_by_diet"), minPeople=2, rows=500)
    assert same(answered, expected)


async def test_a_group_smaller_than_the_least_is_never_shown(selling: Served) -> None:
    for name in ("sales_by_allergy", "sales_by_diet"):
        query = load(f"analytics/{name}")
        assert query.parameters["minPeople"] == "5"
        for least in (5, 15):
            rows = await selling[0].run(query, minPeople=least, rows=500)
            assert all(row["people"] >= least for row in rows)


async def test_substitutes_for_best_sellers(selling: Served) -> None:
    shop, rule = selling[1], SafetyRule(selling[1].world.graph)
    for allergen in shop.world.ids("allergen"):
        holding = [
            drink
            for drink in shop.drinks
            if shop.sold(drink)
            and rule.verdict(drink, allergen).value in ("CONTAINS", "MAY_CONTAIN")
        ]
        best = sorted(holding, key=lambda drink: (-shop.sold(drink), drink))[:4]
        expected = [row for drink in best for row in substitutes(shop, rule, drink, allergen)[:2]]
        rows = await selling[0].run(
            load("analytics/substitutes_for_best_sellers"),
            allergenId=allergen,
            bestSellers=4,
            perDrink=2,
        )
        assert same(rows, expected)


def substitutes(shop: Shop, rule: SafetyRule, wanted: str, allergen: str) -> list[Row]:
    sequences: list[Row] = []
    for drink in shop.drinks:
        styles = set(shop.node(wanted)["styles"]) & set(shop.node(drink)["styles"])
        known = rule.is_known(drink) and rule.verdict(drink, allergen).value == "ABSENT"
        if drink != wanted and styles and known:
            flavors = set(shop.node(wanted)["flavors"]) & set(shop.node(drink)["flavors"])
            row = {"drink": wanted, "purchases": shop.sold(wanted), "instead": drink}
            sequences.append({**row, "styles": len(styles), "flavors": len(flavors)})
    return sorted(sequences, key=lambda row: (-row["styles"], -row["flavors"], row["instead"]))


async def test_flavor_gaps(selling: Served) -> None:
    shop, expected = selling[1], list[Row]()
    for flavor in ("flavor-0", "flavor-1", "flavor-2"):
        likers = sum(flavor in liked for liked in shop.likes.values())
        drinks = sum(flavor in shop.node(drink)["flavors"] for drink in shop.drinks)
        row = {"flavor": flavor, "people": likers, "drinks": drinks}
        expected.append({**row, "peoplePerDrink": likers / max(drinks, 1)})
    answered = await run(selling, "flavor_gaps", minPeople=5, rows=25)
    assert same(answered, [row for row in expected if row["people"] >= 5])
    assert answered[0]["peoplePerDrink"] == max(row["peoplePerDrink"] for row in answered)


async def test_missing_flavor_pairs(selling: Served) -> None:
    shop, expected = selling[1], list[Row]()
    for flavor, other in combinations(("flavor-0", "flavor-1", "flavor-2"), 2):
        likers = sum({flavor, other} <= liked for liked in shop.likes.values())
        drinks = sum({flavor, other} <= set(shop.node(drink)["flavors"]) for drink in shop.drinks)
        expected.append({"flavor": flavor, "other": other, "people": likers, "drinks": drinks})
    most = sorted(row["drinks"] for row in expected)[1]
    answered = await run(selling, "missing_flavor_pairs", minPeople=2, mostDrinks=most, rows=25)
    wanted = [row for row in expected if row["people"] >= 2 and row["drinks"] <= most]
    assert same(answered, wanted)


async def test_cannibals(selling: Served) -> None:
    shop, expected = selling[1], list[Row]()
    times = grouped(shop.purchases, lambda purchase: (purchase.user, purchase.drink))
    for drink in shop.drinks:
        for instead in shop.drinks:
            both = shop.buyers(drink) & shop.buyers(instead)
            shared = set(shop.node(drink)["styles"]) & set(shop.node(instead)["styles"])
            if drink != instead and shared and len(both) >= 3:
                switched = sum(switches(times[user, drink], times[user, instead]) for user in both)
                row = {"drink": drink, "instead": instead, "people": len(both)}
                expected.append({**row, "switched": switched, "share": switched / len(both)})
    assert any(row["switched"] for row in expected)
    assert same(await run(selling, "cannibals", minPeople=3, rows=500), expected)


def switches(one: list[Purchase], other: list[Purchase]) -> bool:
    """Whether the last purchase of the one was before the first of the other, as far as dated."""
    ended = [it.at for it in one if it.at is not None]
    began = [it.at for it in other if it.at is not None]
    return bool(ended and began) and max(ended) < min(began)


async def test_drinks_refused_most(selling: Served) -> None:
    shop, rule, expected = selling[1], SafetyRule(selling[1].world.graph), list[Row]()
    declared = Counter(
        allergy.allergen for person in shop.world.people.values() for allergy in person.allergies
    )
    for drink in shop.drinks:
        verdicts = {
            allergen: rule.verdict(drink, allergen).value for allergen in shop.world.ids("allergen")
        }
        counts = Counter(verdicts.values())
        refusals = sum(
            declared[allergen]
            for allergen, verdict in verdicts.items()
            if verdict != "ABSENT" and declared[allergen] >= 3
        )
        if counts["ABSENT"] < len(verdicts):
            row = {"drink": drink, "contains": counts["CONTAINS"], "unknown": counts["UNKNOWN"]}
            expected.append({**row, "mayContain": counts["MAY_CONTAIN"], "refusals": refusals})
    answered = await run(selling, "drinks_refused_most", regulation="a-law", minPeople=3, rows=50)
    assert same(answered, expected)


async def test_reviews_by_sales_and_recall_exposure(selling: Served) -> None:
    shop, rule = selling[1], SafetyRule(selling[1].world.graph)
    queue, exposure = list[Row](), list[Row]()
    for part in shop.world.ids("ingredient"):
        holding = [drink for drink in shop.drinks if ("ingredient", part) in rule.parts(drink)]
        sold = sum(map(shop.sold, holding))
        row = {"ingredient": part, "drinks": len(holding), "purchases": sold}
        if holding and shop.world.graph.nodes["ingredient", part]["reviewed"] is not True:
            queue.append(row)
        direct = any(t == ("ingredient", part) for _, t, _ in shop.world.edges("CONTAINS"))
        if direct and sold:
            exposure.append({**row, "share": sold / len(shop.purchases)})
    answered = await selling[0].run(load("analytics/reviews_by_sales"), rows=100)
    assert same(answered, queue)
    assert same(await run(selling, "recall_exposure", rows=100), exposure)


async def test_repeat_purchases(selling: Served) -> None:
    shop, expected = selling[1], list[Row]()
    for drink in shop.drinks:
        times = Counter(purchase.user for purchase in shop.purchases if purchase.drink == drink)
        again = sum(count > 1 for count in times.values())
        if len(times) >= 5:
            row = {"drink": drink, "people": len(times), "again": again}
            share = again / len(times)
            expected.append({**row, "share": share, "purchases": sum(times.values())})
    assert same(await run(selling, "repeat_purchases", minPeople=5, rows=100), expected)


async def test_basket_pairs(selling: Served) -> None:
    dated = [purchase for purchase in selling[1].purchases if purchase.at is not None]
    baskets = grouped(dated, lambda purchase: (purchase.user, purchase.at // DAY))
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (user, _), bought in baskets.items():
        for pair in combinations(sorted({purchase.drink for purchase in bought}), 2):
            pairs[pair].append(user)
    expected = [
        {"drink": drink, "other": other, "baskets": len(users), "people": len(set(users))}
        for (drink, other), users in pairs.items()
    ]
    assert same(await run(selling, "basket_pairs", minPeople=1, rows=500), expected)


async def test_new_drinks_uptake(selling: Served) -> None:
    shop, expected = selling[1], list[Row]()
    for drink in shop.drinks:
        begins = shop.node(drink)["begins"]
        if begins and begins >= "2026-11-21":
            offered = sum(offered == drink for _, offered in shop.offers)
            row = {"drink": drink, "availableFrom": begins, "recommendedTo": offered}
            buyers = len(shop.buyers(drink))
            expected.append({**row, "people": buyers, "purchases": shop.sold(drink)})
    answered = await selling[0].run(
        load("analytics/new_drinks_uptake"), since="2026-11-21", rows=50
    )
    assert same(answered, expected)


async def test_recommended_and_bought(selling: Served) -> None:
    shop, expected = selling[1], list[Row]()
    times = grouped(shop.purchases, lambda purchase: (purchase.user, purchase.drink))
    for drink in shop.drinks:
        offers = {user: at for (user, offered), at in shop.offers.items() if offered == drink}
        bought = [user for user in offers if (user, drink) in times]
        later = [u for u in bought if any((p.at or 0) >= offers[u] for p in times[u, drink])]
        if len(offers) >= 3:
            row = {"drink": drink, "recommendedTo": len(offers), "bought": len(bought)}
            expected.append({**row, "later": len(later), "share": len(bought) / len(offers)})
    assert any(row["later"] for row in expected)
    assert same(await run(selling, "recommended_and_bought", minPeople=3, rows=50), expected)


async def test_recommendation_coverage(selling: Served) -> None:
    shop, expected = selling[1], list[Row]()
    offered = {drink for _, drink in shop.offers}
    for kind in {shop.kind(drink) for drink in shop.drinks}:
        drinks = [drink for drink in shop.drinks if shop.kind(drink) == kind]
        sales = sum(map(shop.sold, drinks))
        reached = sum(shop.sold(drink) for drink in drinks if drink in offered)
        expected.append(
            {
                "kind": kind,
                "drinks": len(drinks),
                "recommended": len(offered & set(drinks)),
                "sold": sum(shop.sold(drink) > 0 for drink in drinks),
                "purchases": sales,
                "covered": reached / max(sales, 1),
            }
        )
    assert same(await run(selling, "recommendation_coverage"), expected)


async def test_sold_but_never_recommended(selling: Served) -> None:
    shop, rule = selling[1], SafetyRule(selling[1].world.graph)
    offered = {drink for _, drink in shop.offers}
    expected = [
        {
            "drink": drink,
            "kind": shop.node(drink)["kind"],
            "purchases": shop.sold(drink),
            "known": rule.is_known(drink),
        }
        for drink in shop.drinks
        if shop.sold(drink) and drink not in offered
    ]
    assert same(await run(selling, "sold_but_never_recommended", rows=50), expected)


async def test_price_bands(selling: Served) -> None:
    shop = selling[1]
    priced = [drink for drink in shop.drinks if shop.node(drink)["price"] is not None]
    bands: dict[float, list[str]] = defaultdict(list)
    for drink in priced:
        bands[math.floor(shop.node(drink)["price"] / 2.5) * 2.5].append(drink)
    expected = [
        {
            "fromPrice": begin,
            "toPrice": begin + 2.5,
            "drinks": len(drinks),
            "purchases": sum(map(shop.sold, drinks)),
            "revenue": sum(shop.sold(drink) * shop.node(drink)["price"] for drink in drinks),
        }
        for begin, drinks in bands.items()
    ]
    assert same(await run(selling, "price_bands", width=2.5), expected)


async def test_ratings_against_sales(selling: Served) -> None:
    shop, expected = selling[1], list[Row]()
    for drink in shop.drinks:
        given = [(user, value) for user, rated, value in shop.ratings if rated == drink]
        raters = len({user for user, _ in given})
        if raters >= 3:
            mean = sum(value for _, value in given) / len(given)
            row = {"drink": drink, "people": raters, "rating": mean}
            expected.append({**row, "purchases": shop.sold(drink)})
    assert same(await run(selling, "ratings_against_sales", minPeople=3, rows=50), expected)
