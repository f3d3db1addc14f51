"""The storefront in a real browser, with the real service behind it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Locator, Route, expect

from graph.connection import connect
from graph.engine.embedded import running_address
from graph.people.consent_rules import put_consent_rules
from graph.people.purposes import grounds_said
from tests.support.browser import Visitor

SETTLED_MS = 30_000
GATHERED_MS = 1_600
expect.set_options(timeout=SETTLED_MS)


def test_onboarding_leads_from_unchecked_drinks_to_a_safe_list(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open()
    expect(page.get_by_text("NOT CHECKED.")).to_be_visible()
    assert visitor.statuses() == {"NOT_CHECKED"}

    visitor.begin()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("alert").filter(has_text="Nothing is selected")).to_be_visible()
    page.get_by_label("Eggs", exact=True).check()
    traces = page.locator("[data-allergen=egg] .traces input")
    expect(traces).to_be_disabled()
    page.locator("[data-allergen=egg]").get_by_label("Mild", exact=True).check()
    traces.check()
    visitor.declare("Milk")
    page.get_by_label("Vegetarian", exact=True).check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("heading", name="What do you like?").wait_for()
    page.get_by_label("Lime", exact=True).check()
    page.get_by_role("button", name="Save and see my list").click()
    page.wait_for_selector(".acts")

    assert len(visitor.drinks()) == 12
    assert visitor.statuses() == {"SAFE"}
    expect(page.locator(".why", has_text=re.compile("lime", re.IGNORECASE)).first).to_be_visible()
    expect(page.get_by_text("NOT CHECKED.")).to_have_count(0)
    said = visitor.ask(
        "{ me { ... on Me { diets likes { id }"
        " allergies { allergenId severity acceptsTraces } } } }"
    )["me"]
    assert said == {
        "diets": ["vegetarian"],
        "likes": [{"id": "lime"}],
        "allergies": [
            {"allergenId": "egg", "severity": "MILD", "acceptsTraces": True},
            {"allergenId": "milk", "severity": "SEVERE", "acceptsTraces": False},
        ],
    }


def test_what_a_person_does_changes_the_list_at_once(visitor: Visitor) -> None:
    page = visitor.page
    first, second, *_ = visitor.arrive()
    page.locator(f"[data-drink='{first}'] [data-act=PURCHASE]").click()
    expect(page.locator(f".cards [data-drink='{first}']")).to_have_count(0)
    page.get_by_label("You bought").or_(page.locator(".bought")).first.wait_for()
    page.locator(".bought label").nth(4).click()
    page.get_by_text(re.compile("^Rated .*: 5 of 5")).wait_for()
    page.locator(f"[data-drink='{second}'] [data-act=DISLIKE]").click()
    page.get_by_text("will not be offered again").wait_for()
    offered = visitor.list()
    assert second not in offered
    third = offered[0]

    page.locator(f"[data-drink='{third}'] [data-act=SAVE]").click()
    expect(page.locator(f"[data-drink='{third}'] [data-act=SAVE]")).to_have_text("Saved")
    page.get_by_text(re.compile("^Saved: ")).wait_for()
    events = visitor.ask("{ me { ... on Me { history { drinkId type value } } } }")["me"]
    assert {(event["drinkId"], event["type"], event["value"]) for event in events["history"]} == {  # type: ignore[index]
        (first, "purchase", None),
        (first, "rating", 5.0),
        (second, "dislike", -1.0),
        (third, "save", None),
    }


def test_a_purchase_at_another_till_moves_the_open_list(visitor: Visitor) -> None:
    page = visitor.page
    first, *_ = visitor.arrive("Milk")
    tab = page.locator("#tabs a").first
    tab.focus()
    buy_elsewhere(visitor, first)
    expect(page.locator("#said")).to_contain_text("Your list has changed")
    expect(page.locator(f".cards [data-drink='{first}']")).to_have_count(0)
    assert visitor.drinks() == offered(visitor)
    expect(tab).to_be_focused()


def test_no_drink_moves_under_the_hand_of_somebody(visitor: Visitor) -> None:
    page = visitor.page
    first, *_ = before = visitor.arrive("Milk")
    buying, saving = (f"[data-drink='{first}'] [data-act={act}]" for act in ("PURCHASE", "SAVE"))
    page.locator(saving).focus()
    buy_elsewhere(visitor, first)
    expect(page.locator(buying)).to_be_disabled()
    expect(page.locator(f"[data-drink='{first}'] h3 a")).to_be_focused()
    assert visitor.drinks() == before
    page.keyboard.press("Shift")  # somebody is still there
    expect(page.locator(f".cards [data-drink='{first}']")).to_have_count(0)
    expect(page.locator(".cards h3 a").first).to_be_focused()
    assert visitor.drinks() == offered(visitor)


def offered(visitor: Visitor) -> list[str]:
    """The list as it is now, asked for past the page."""
    query = (
        "{ r: recommendations(first: 12) { ... on Recommendations { items { drink { id } } } } }"
    )
    found: Any = visitor.ask(query)["r"]
    return [item["drink"]["id"] for item in found["items"]]


def buy_elsewhere(visitor: Visitor, drink: str) -> None:
    """Buy a drink at a till, which knows nothing of the page that is open."""
    answer = httpx.post(
        f"{visitor.served.base}/v1/events",
        json={"events": [{"eventId": f"till-{drink}", "drinkId": drink, "type": "purchase"}]},
        headers={"Authorization": f"Bearer {visitor.token}"},
    )
    assert answer.json()["events"][0]["status"] == "accepted", answer.text


def test_what_could_not_be_recorded_is_taken_back(visitor: Visitor) -> None:
    page = visitor.page
    first, *_ = before = visitor.arrive("Milk")

    def cut(route: Route) -> None:
        if "mutation Record" in (route.request.post_data or ""):
            route.abort()
        else:
            route.continue_()

    page.route("**/graphql", cut)
    page.locator(f"[data-drink='{first}'] [data-act=PURCHASE]").click()
    page.get_by_text("Nothing was changed").wait_for()
    assert visitor.drinks() == before
    expect(page.locator(f"[data-drink='{first}'] [data-act=PURCHASE]")).to_be_focused()


def test_a_new_allergy_takes_drinks_off_the_list_and_alerts(visitor: Visitor) -> None:
    page = visitor.page
    visitor.arrive()
    visitor.open("search")
    page.get_by_role("searchbox").fill("flat white")
    expect(page.locator(".card[data-drink=flat-white]")).to_be_visible()
    page.get_by_role("link", name="Flat White", exact=True).click()
    page.get_by_role("button", name=re.compile("^Buy")).click()
    page.get_by_text("Bought: Flat White.").wait_for()
    expect(page.locator("#watching")).to_contain_text("Alerts are on")

    visitor.open("taste/allergies")
    visitor.declare("Milk")
    page.get_by_text("no longer safe for you").wait_for()
    visitor.open("alerts")
    expect(page.locator(".alert[data-drink=flat-white]")).to_contain_text("contains")
    visitor.open("search")
    expect(page.locator(".other[data-drink=flat-white]")).to_be_visible()
    assert visitor.drinks() == []


def test_why_not_evidence_swaps_and_what_is_similar(visitor: Visitor) -> None:
    page = visitor.page
    visitor.arrive("Milk")
    visitor.open("search")
    page.get_by_role("searchbox").fill("flat")
    page.get_by_role("link", name="Why not Flat White?").click()
    expect(page.locator("header.drink")).to_have_attribute("data-status", "UNSAFE")
    expect(page.locator("header.drink .acts")).to_have_count(0)
    reasons = page.get_by_role("region", name="Why not this drink?")
    expect(reasons).to_contain_text("contains milk, which you are allergic to")
    expect(reasons).to_contain_text("1169/2011")
    swaps = page.get_by_role("region", name="Make it differently")
    expect(swaps).to_contain_text("Oat milk in place of Whole milk")
    similar = page.get_by_role("region", name="Similar, and safe for you")
    similar.locator(".card[data-drink]").first.wait_for()
    assert set(visitor.drinks()) and "flat-white" not in visitor.drinks()

    card = similar.locator(".card[data-drink]").first
    card.locator("summary").click()
    expect(card.locator(".facts")).to_contain_text("Milk: none in it")
    expect(card.locator(".facts")).to_contain_text("every part was checked")


def test_everything_can_be_done_with_the_keyboard(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open()
    page.get_by_role("button", name="Start: one minute").wait_for()

    def walk_to(name: str) -> None:
        for _ in range(150):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "(e => (e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText)"
                ".trim())(document.activeElement)"
            )
            if focused.startswith(name):
                return
        raise AssertionError(f"no way to '{name}'")

    walk_to("Skip to the content")
    walk_to("Start: one minute")
    page.keyboard.press("Enter")
    page.wait_for_selector(".sheet .chip")
    expect(page.locator("main")).to_be_focused()
    walk_to("Milk")
    page.keyboard.press("Space")
    walk_to("Severe")
    page.keyboard.press("ArrowRight")
    walk_to("Save and continue")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Do you follow a diet?").wait_for()
    walk_to("Later")
    page.keyboard.press("Enter")
    page.wait_for_selector(".acts")
    first, *_ = visitor.drinks()
    walk_to("✓")
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-drink='{first}'] .facts")).to_contain_text("Milk: none in it")
    walk_to("Not for me")
    page.keyboard.press("Enter")
    expect(page.locator(f"[data-drink='{first}']")).to_have_count(0)
    assert page.evaluate("document.activeElement !== document.body")
    said = visitor.ask("{ me { ... on Me { allergies { allergenId severity } } } }")["me"]
    assert said == {"allergies": [{"allergenId": "milk", "severity": "MODERATE"}]}


def test_axe_finds_nothing_on_any_view_in_light_and_dark(visitor: Visitor) -> None:
    page = visitor.page
    texts: dict[str, str] = {}

    def look(name: str) -> None:
        page.locator("h1").first.wait_for()
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        texts[name] = visitor.violations()
        page.emulate_media(color_scheme="dark")
        texts[f"{name}, dark"] = visitor.violations("color-contrast")

    visitor.open()
    look("entry")
    visitor.open("sign-in")
    look("sign-in")
    visitor.begin()
    page.get_by_text("Only one kind of nut").click()
    page.get_by_label("Milk", exact=True).check()
    look("allergies")
    visitor.declare()
    look("diets")
    visitor.open("taste/flavors")
    page.wait_for_selector(".sheet .chip")
    look("flavors")
    first, *_ = visitor.list()
    page.locator(f"[data-drink='{first}'] summary").click()
    page.locator(f"[data-drink='{first}'] .evidence p").first.wait_for()
    page.locator(f"[data-drink='{first}'] [data-act=PURCHASE]").click()
    page.locator(".bought").wait_for()
    visitor.settle()
    look("list")
    visitor.served.data(
        'mutation { setAllergies(allergies: [{allergenId: "milk"}]) { __typename } }', visitor.token
    )
    visitor.open("search")
    page.get_by_role("searchbox").fill("latte")
    page.locator(".other").first.wait_for()
    look("search")
    page.get_by_role("link", name=re.compile("^Why not")).first.click()
    page.get_by_text("in place of").or_(page.get_by_text("takes the place")).first.wait_for()
    visitor.settle()
    look("drink")
    visitor.open("my-data")
    look("my data")
    visitor.open("alerts")
    look("alerts")
    assert len(texts) == 20 and not "".join(texts.values()), texts


def test_without_the_graph_no_drink_is_shown(visitor: Visitor) -> None:
    page = visitor.page
    visitor.arrive("Milk")
    engine = visitor.served.engine_pid()
    os.kill(engine, signal.SIGSTOP)
    try:
        page.get_by_label("Morning", exact=True).check()
        away = page.locator("[data-kind=GraphAway]")
        away.wait_for()
        expect(away).to_contain_text("Nothing can be checked")
        assert visitor.drinks() == []
    finally:
        os.kill(engine, signal.SIGCONT)
    expect(page.locator(".card .acts").first).to_be_visible()  # it comes back by itself
    assert visitor.statuses() == {"SAFE"}


def test_offline_no_drink_is_shown_also_after_a_reload(visitor: Visitor) -> None:
    page = visitor.page
    visitor.arrive("Milk")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    for _ in range(2):
        page.context.set_offline(True)
        expect(page.locator("[data-kind=Offline]")).to_contain_text("no drinks are shown")
        assert visitor.drinks() == []
        page.reload()
        expect(page.locator("[data-kind=Offline]")).to_contain_text("no drinks are shown")
        assert visitor.drinks() == []
        page.context.set_offline(False)
        page.wait_for_selector(".card .acts")
    assert (
        page.evaluate(
            "caches.keys().then(names => Promise.all(names.map(async name =>"
            " (await (await caches.open(name)).keys()).map(one => new URL(one.url).pathname))))"
            ".then(all => all.flat().filter(path => path === '/graphql' || path === '/demo'))"
        )
        == []
    )


def test_what_is_kept_can_be_taken_away_refused_and_erased(visitor: Visitor) -> None:
    page = visitor.page
    visitor.arrive("Milk")
    visitor.open("my-data")
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download a copy").click()
    copied = coming.value.path().read_text(encoding="utf-8")
    assert '"id": "milk"' in copied and '"interactions": []' in copied
    consent = page.get_by_label("Rank my lists by what I did and like")
    consent.uncheck()
    page.get_by_text("applies from the next list on").wait_for()
    said = visitor.ask("{ me { ... on Me { consents { personalisation remembering } } } }")["me"]
    assert said == {"consents": {"personalisation": False, "remembering": True}}
    assert visitor.violations() == ""
    token = visitor.token
    page.get_by_role("button", name="Erase everything").click()
    assert visitor.violations() == ""
    page.get_by_role("button", name="Erase it").click()
    page.get_by_role("button", name="Start: one minute").wait_for()
    left = visitor.served.data("{ me { ... on Me { allergies { allergenId } } } }", token)["me"]
    assert left == {"allergies": []}
    page.get_by_role("button", name="Look around as a simulated person").click()
    page.wait_for_selector(".acts")
    expect(page.locator("#simulated")).to_be_visible()
    expect(page.locator("#demonstration")).to_be_visible()


def test_what_was_done_brings_an_offer_that_is_checked_and_can_be_left(visitor: Visitor) -> None:
    page = visitor.page
    visitor.arrive("Milk")
    likes = 'mutation { setPreferences(likes: {flavors: ["smoky"]}) { __typename } }'
    assert visitor.ask(likes) == {"setPreferences": {"__typename": "Me"}}
    offer = page.locator("[data-trigger=smoky-next]")
    expect(offer).to_have_count(0)
    page.locator("main .card [data-act=SAVE]").first.click()
    offer.get_by_role("heading", name="If you like it smoky").wait_for()
    offered = offer.locator("[data-drink]")
    expect(offered).to_have_count(3)
    assert set(offered.evaluate_all("all => all.map(one => one.dataset.status)")) == {"SAFE"}
    assert visitor.violations() == ""
    offer.get_by_role("button", name="Not now").click()
    page.evaluate("dispatchEvent(new Event('recheck'))")
    visitor.settle()
    expect(offer).to_have_count(0)


def test_an_opened_drink_is_recorded_once_and_only_with_consent(visitor: Visitor) -> None:
    page = visitor.page
    sent: list[str] = []
    page.on(
        "request",
        lambda request: (
            sent.append(request.post_data or "") if request.url.endswith("/v1/events") else None
        ),
    )
    first, second, *_ = visitor.arrive("Milk")
    query = "{ me { ... on Me { history { drinkId type } } } }"
    with page.expect_response("**/v1/events") as answered:
        visitor.open(f"drink/{first}")
        page.evaluate("dispatchEvent(new Event('recheck'))")  # shown anew, and opened once
        visitor.settle()
    assert [event["status"] for event in answered.value.json()["events"]] == ["accepted"]
    until = time.monotonic() + 10
    while not (history := visitor.ask(query)["me"]["history"]) and time.monotonic() < until:  # type: ignore[index]
        page.wait_for_timeout(100)
    assert history == [{"drinkId": first, "type": "view"}]

    visitor.open("drink/flat-white")  # it is not safe
    page.wait_for_timeout(GATHERED_MS)
    visitor.open("my-data")
    page.get_by_label("Rank my lists by what I did and like").uncheck()
    page.get_by_text("applies from the next list on").wait_for()
    visitor.open(f"drink/{second}")
    page.wait_for_timeout(GATHERED_MS)
    assert len(sent) == 1 and first in sent[0]
    kept = page.evaluate("Object.keys(localStorage).concat(Object.keys(sessionStorage))")
    assert kept == ["tastegraph-token"]


def test_a_question_moves_the_list_and_is_few(visitor: Visitor) -> None:
    page = visitor.page
    visitor.arrive("Milk")
    box = page.locator("[data-poll=which-drink]")
    for _ in range(3):
        before = box.get_by_role("button").first.get_attribute("data-option")
        box.get_by_role("button").first.click()
        expect(page.locator(f"[data-poll] [data-option='{before}']")).to_have_count(0)
    expect(page.locator("[data-poll]")).to_have_count(0)
    visitor.settle()
    chosen = visitor.ask("{ me { ... on Me { history { drinkId type } } } }")["me"]
    assert [event["type"] for event in chosen["history"]] == ["click"] * 3  # type: ignore[index]
    page.reload()
    visitor.settle()
    expect(page.locator("[data-poll]")).to_have_count(0)


def test_consent_is_asked_where_it_matters_and_a_no_is_as_near_as_a_yes(visitor: Visitor) -> None:
    page, home = visitor.page, visitor.served.home
    assume(home, "consent")
    try:
        visitor.open()
        page.get_by_role("button", name="Start: one minute").click()
        asked = page.locator("[data-ask=SAFETY]")
        yes, no = (asked.get_by_role("button", name=name, exact=True) for name in ANSWERS)
        assert looks(yes) == looks(no) and visitor.violations() == ""
        no.press("Enter")
        page.get_by_role("heading", name="What do you like?").wait_for()
        visitor.open()
        asked = page.locator("[data-ask=PERSONALISATION]")
        expect(page.get_by_text("NOT CHECKED.")).to_be_visible()
        assert len(visitor.drinks()) == 12 and visitor.violations() == ""
        asked.get_by_role("button", name="Yes, I agree").press("Enter")
        expect(page.locator("[data-ask]")).to_have_count(0)

        visitor.open("taste/allergies")
        page.locator("[data-ask=SAFETY]").get_by_role("button", name="Yes, I agree").press("Enter")
        visitor.declare("Milk")
        assert visitor.list() and visitor.statuses() == {"SAFE"}
        visitor.open("my-data")
        states = page.locator(".one-consent")
        expect(states).to_have_count(8)
        expect(states.filter(has_text="Let models learn")).to_contain_text("Not decided: off.")
        page.get_by_label("Keep my allergies").press("Space")
        page.get_by_role("button", name="Keep them").click()
        expect(page.get_by_label("Keep my allergies")).to_be_checked()
        page.get_by_label("Keep my allergies").press("Space")
        page.get_by_role("button", name="Delete them").click()
        page.get_by_text("graph: allergies deleted (1), at once").wait_for()
        expect(page.get_by_label("Keep my allergies")).not_to_be_checked()
        expect(page.locator("dl.profile")).to_contain_text("NOT DECLARED")
        assert visitor.violations() == ""
        visitor.open()
        expect(page.get_by_text("NOT CHECKED.")).to_be_visible()
    finally:
        assume(home, "asked-elsewhere")


ANSWERS = ("Yes, I agree", "No")


def assume(home: Path, grounds: str) -> None:
    """Say what holds until refused, as a command of an operator's does that has the setting."""

    async def work() -> None:
        address = running_address(home / "graph")
        assert address
        async with connect(address, deadline=30.0) as graph:
            await put_consent_rules(graph, grounds_said(grounds) or {})

    with ThreadPoolExecutor(1) as beside:  # the browser has a loop in this thread
        beside.submit(asyncio.run, work()).result()


def looks(button: Locator) -> tuple[object, ...]:
    box = button.bounding_box()
    assert box
    style = "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).fontWeight]"
    return (round(box["width"]), round(box["height"]), *button.evaluate(style))
