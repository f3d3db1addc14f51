"""The console in a real browser, with the real service behind it: by role, and what it changes."""

from __future__ import annotations

from playwright.sync_api import expect

from gql.request.policy import Role
from service.opening import local_key
from tests.integration.service.commands import Served
from tests.support.browser import Visitor

expect.set_options(timeout=30_000)
SECTIONS = {
    Role.OPERATOR: ["Overview", "Drinks", "Experiments", "Models"],
    Role.ANALYST: ["Overview", "Experiments", "Models"],
    Role.FOOD_SAFETY: ["Overview", "Drinks", "Approvals"],
    Role.SUPPORT: ["Overview", "A person"],
    Role.ADMIN: ["Overview", "Approvals", "Keys", "Settings"],
    Role.AUDITOR: ["Overview", "Record of acts"],
}
EXPERIMENT = """
id = "console-trial"
hypothesis = "Lists with more variety are opened more"
metrics = ["click-through"]
[[arms]]
name = "as-is"
[[arms]]
name = "diverse"
diversity = 0.5
"""
DRINK = """mutation { addDrink(drink: {id: "console-latte", name: "Console Latte", recipe: [
  {ingredient: "espresso"}, {ingredient: "oat-drink"}], recipeComplete: true}) { __typename } }"""


def token(served: Served, role: Role) -> str:
    return local_key(served.home).issue(f"the {role}", roles=[role])


def enter(visitor: Visitor, role: Role) -> None:
    """Sign in as somebody in a role, by hand."""
    page = visitor.page
    page.goto(f"{visitor.served.base}/console")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    page.get_by_label("Your token").fill(token(visitor.served, role))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Overview", exact=True).wait_for()
    visitor.settle()


def test_everybody_sees_their_own_sections_and_each_can_be_read_by_all(visitor: Visitor) -> None:
    page = visitor.page
    for role, sections in SECTIONS.items():
        enter(visitor, role)
        links = page.locator("#sections a")
        assert links.all_inner_texts() == sections
        for name in sections:
            links.get_by_text(name, exact=True).click()
            page.get_by_role("heading", name=name, exact=True).wait_for()
            visitor.settle()
            assert visitor.violations() == "", f"{role}: {name}"
    page.evaluate("location.hash = '#/keys'")
    page.get_by_text("Your roles do not show this.").wait_for()


def test_who_runs_nothing_is_told_so(visitor: Visitor) -> None:
    page = visitor.page
    page.goto(f"{visitor.served.base}/console")
    page.get_by_label("Your token").fill(visitor.served.token("anna"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text("This token is a person's: it runs nothing.").wait_for()
    expect(page.locator("#sections a")).to_have_count(0)


def test_a_changed_recipe_changes_its_verdicts_and_is_on_record(visitor: Visitor) -> None:
    page, served = visitor.page, visitor.served
    served.data(DRINK, token(served, Role.OPERATOR))
    enter(visitor, Role.FOOD_SAFETY)
    page.evaluate("location.hash = '#/drinks'")
    page.get_by_label("Find a drink").fill("console lat")
    page.get_by_role("link", name="Console Latte").click()
    milk = page.locator("tr", has=page.get_by_role("rowheader", name="Milk", exact=True))
    expect(milk).to_contain_text("absent")

    page.get_by_label("Ingredient", exact=True).nth(1).fill("dragon milk")
    page.get_by_text("Nobody has checked: dragon milk.").wait_for()
    page.get_by_label("Ingredient", exact=True).nth(1).fill("whole milk")
    would = page.locator(".draft li").filter(has_text="Milk:")
    expect(would).to_contain_text("contains")
    expect(milk).to_contain_text("absent")
    assert visitor.violations() == ""
    page.get_by_label("Why, for the history").fill("the oats are out")
    page.get_by_role("button", name="Save, and see the verdicts").click()
    page.get_by_text("What has changed:").wait_for()
    expect(milk).to_contain_text("contains")
    expect(page.locator("section", has_text="What was changed")).to_contain_text("whole-milk")
    expect(page.locator(".toast")).to_have_count(0)  # it covers what is below it
    assert visitor.violations() == ""

    page.get_by_text("Read the ingredients from a label").click()
    page.get_by_label("The label's text").fill("Ingredients: water, oats, hazelnut paste")
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_label("Ingredient", exact=True)).to_have_count(5)

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Stop offering it").click()
    page.get_by_text("Console Latte is offered no more").wait_for()
    enter(visitor, Role.AUDITOR)
    page.get_by_role("link", name="Record of acts").click()
    expect(page.get_by_role("row").filter(has_text="the oats are out")).to_contain_text("change")


def test_an_experiment_goes_from_a_draft_to_its_decision(visitor: Visitor) -> None:
    page = visitor.page
    page.on("dialog", lambda dialog: dialog.accept())
    enter(visitor, Role.OPERATOR)
    page.get_by_role("link", name="Experiments").click()
    page.get_by_label("The experiment's file, TOML").fill(EXPERIMENT)
    page.get_by_role("button", name="Keep as a draft").click()
    page.get_by_role("link", name="console-trial").click()
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("heading", name="While it runs").wait_for()
    assert visitor.violations() == ""
    page.get_by_role("button", name="Stop it").click()
    page.get_by_role("heading", name="Decide it").wait_for()
    page.get_by_label("Why, for its history").fill("only tried the console")
    page.get_by_role("button", name="Decide, and forget").click()
    page.get_by_text("Decided: as-is.").wait_for()


def test_a_key_is_shown_once_works_and_is_taken_back(visitor: Visitor) -> None:
    page = visitor.page
    page.on("dialog", lambda dialog: dialog.accept())
    enter(visitor, Role.ADMIN)
    page.get_by_role("link", name="Keys").click()
    page.get_by_label("Which program it is for").fill("till at the harbour")
    page.get_by_role("button", name="Add the key").click()
    page.get_by_text("This is the key.").wait_for()
    assert page.locator("main code").inner_text()
    assert visitor.violations() == ""
    row = page.get_by_role("row").filter(has_text="till at the harbour")
    row.get_by_role("button", name="Take it back").click()
    expect(row).to_contain_text("revoked")


def test_support_sees_a_person_for_a_reason(visitor: Visitor) -> None:
    page, served = visitor.page, visitor.served
    person = served.token("somebody-who-asked")
    allergies = 'mutation { setAllergies(allergies: [{allergenId: "milk"}]) { __typename } }'
    served.data(allergies, person)
    enter(visitor, Role.SUPPORT)
    page.get_by_role("link", name="A person").click()
    page.get_by_label("The person's id").fill("somebody-who-asked")
    page.get_by_label("Why you look").fill("ticket 17: no drinks offered")
    page.get_by_role("button", name="Look, on record").click()
    expect(page.locator("dl.tiles")).to_contain_text("milk (severe)")
    assert visitor.violations() == ""
    log = served.data("{ me { ... on Me { accessLog { role why } } } }", person)["me"]["accessLog"]
    assert {"role": "support", "why": "ticket 17: no drinks offered"} in log
