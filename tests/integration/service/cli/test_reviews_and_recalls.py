"""Reviews, recalls and histories from the command line, and what a running server makes of them."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.service.commands import (
    COMMAND,
    Served,
    environment,
    processes_of,
    running_engine,
)
from tests.integration.service.commands import in_process as command
from tests.integration.service.conftest import cwd_rejects

ASK = """
query { popularDrinks(first: 100) {
  __typename ... on Recommendations { items { drink { id } safety { status } } } } }
"""


def tastegraph(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as anna."""
    return command(home, *arguments, TASTEGRAPH_OPERATOR="anna")


@pytest.fixture(scope="module")
def kitchen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with its engine running, and two drinks, one of something nobody reviewed."""
    folder = tmp_path_factory.mktemp("kitchen")
    tables = folder / "tables"
    tables.mkdir()
    (tables / "ingredients.csv").write_text(
        "id,name,reviewed,source\nhouse-gin,House gin,true,a label\n"
    )
    (tables / "drinks.csv").write_text(
        "id,name,recipe_complete\ndry,Dry,true\nodd,Odd,true\n", encoding="utf-8"
    )
    (tables / "recipes.csv").write_text(
        "drink_id,ingredient\ndry,house-gin\nodd,house-gin\nodd,House ginn\n"
    )
    with running_engine(folder / "home") as home:
        imported = tastegraph(home, "import", str(tables), cwd_rejects(home))
        assert imported.returncode == 0, imported.stderr
        yield home
    assert processes_of(home) == []


def done(home: Path, *arguments: str) -> str:
    """What a command prints that must succeed; tables come on standard error."""
    answer = tastegraph(home, *arguments)
    assert answer.returncode == 0, (answer.stderr, answer.stdout)
    return answer.stdout or answer.stderr


def asked(home: Path, *arguments: str) -> Any:
    return json.loads(done(home, *arguments, "--json"))


def refused(home: Path, *arguments: str) -> str:
    answer = tastegraph(home, *arguments)
    assert answer.returncode in (1, 2) and "Traceback" not in answer.stderr, answer.stderr
    return answer.stderr


def test_a_drink_from_its_import_over_a_review_to_a_recall(kitchen: Path) -> None:
    [made] = [
        change for change in asked(kitchen, "history", "odd") if change["subject_id"] == "odd"
    ]
    assert (made["by"], made["kind"], made["before"]) == ("anna", "IMPORT", [])

    [unreviewed] = asked(kitchen, "review", "list")
    assert (unreviewed["id"], unreviewed["drinks"]) == ("house-ginn", 1)
    assert unreviewed["suggestions"][0]["ingredient"] == "house-gin"
    assert "house-ginn" in done(kitchen, "review")
    assert "leaves the list" in done(kitchen, "review", "reject", "house-ginn", "--note", "?")
    assert asked(kitchen, "review", "list") == []
    assert "is reviewed" in done(kitchen, "review", "accept", "house-ginn", "--is", "house-gin")

    recall = ["recall", "--ingredient", "house-gin", "--allergen", "milk", "--source", "notice 1"]
    seen = asked(kitchen, *recall)
    assert (seen["applied"], seen["drinks"], seen["verdicts_changed"]) == (False, 2, 2)
    assert seen["changes"] == [{"before": "ABSENT", "after": "CONTAINS", "drinks": 2}]
    assert asked(kitchen, *recall) == seen, "showing it changed something"
    applied = done(kitchen, *recall, "--apply", "--note", "two lots")
    assert "ABSENT -> CONTAINS: 2" in applied and "Applied" in applied

    newest, *older = asked(kitchen, "history", "odd")
    assert (newest["kind"], newest["source"], newest["note"]) == ("RECALL", "notice 1", "two lots")
    assert [change["kind"] for change in older][:2] == ["REVIEW", "REJECTION"]
    said = done(kitchen, "history", "odd")
    assert f"version {newest['version']}" in said and "+ HAS_ALLERGEN milk | notice 1" in said
    assert "Applied" in done(kitchen, *recall, "--withdraw", "--apply")
    assert asked(kitchen, "history", "dry")[0]["kind"] == "WITHDRAWAL"


def test_a_withdrawal_takes_two_people_where_that_is_on(kitchen: Path) -> None:
    recall = ["recall", "--ingredient", "house-gin", "--allergen", "milk", "--source", "notice 3"]
    assert "Applied" in done(kitchen, *recall, "--apply")

    def by(who: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        two = {"TASTEGRAPH_OPERATOR": who, "TASTEGRAPH_FOUR_EYES": "recalls"}
        return command(kitchen, *arguments, **two)

    withdrawal = [*recall, "--withdraw", "--apply", "--json"]
    proposed = json.loads(by("anna", *withdrawal).stdout)
    assert proposed == {"applied": False, "proposal": proposed["proposal"]}
    assert json.loads(by("ben", *withdrawal).stdout) == proposed, "it was not approved yet"
    own = by("anna", "approvals", "approve", proposed["proposal"])
    assert own.returncode == 1 and "your own" in own.stderr
    assert asked(kitchen, "history", "dry")[0]["kind"] == "RECALL"

    approved = by("ben", "approvals", "approve", proposed["proposal"], "--json")
    assert json.loads(approved.stdout)["approved_by"] == "ben"
    assert json.loads(by("anna", *withdrawal).stdout)["applied"]
    assert asked(kitchen, "history", "dry")[0]["kind"] == "WITHDRAWAL"
    [listed] = json.loads(by("ben", "approvals", "list", "--json").stdout)
    assert (listed["state"], listed["by"], listed["approved_by"]) == ("done", "anna", "ben")


def test_what_cannot_be_done_is_one_clear_line(kitchen: Path) -> None:
    about = ["--allergen", "milk", "--source", "notice 2"]
    for arguments, words in (
        (["history", "nothing"], "no drink 'nothing'"),
        (["review", "accept", "nothing", "--is", "house-gin"], "no ingredient 'nothing'"),
        (["review", "accept", "house-gin"], "Say what it is"),
        (["review", "accept", "house-gin", "--allergens", "milk"], "need a --source"),
        (
            ["review", "accept", "house-gin", "--no-allergens", "--is", "x"],
            "Use --no-allergens alone",
        ),
        (["review", "reject", "house-gin"], "already been reviewed"),
        (["recall", *about], "Name one thing"),
        (["recall", "--drink", "dry", "--ingredient", "house-gin", *about], "Name one thing"),
        (["recall", "--drink", "nothing", *about], "no drink 'nothing'"),
        (["recall", "--drink", "dry", *about, "--observed-at", "2999-01-01"], "in the future"),
        (["recall", "--drink", "dry", *about, "--observed-at", "soon"], "is not a date"),
        (["recall", "--drink", "dry", "--allergen", "dust", "--source", "x"], "allergen 'dust'"),
        (["recall", "--drink", "dry", *about, "--withdraw"], "No recall"),
    ):
        assert words in refused(kitchen, *arguments), arguments


def test_a_walk_asks_about_one_after_the_other(kitchen: Path, tmp_path: Path) -> None:
    (tmp_path / "drinks.csv").write_text("id,name,recipe_complete\nlate,Late,true\n")
    (tmp_path / "recipes.csv").write_text("drink_id,ingredient\nlate,House gyn\nlate,House gynn\n")
    done(kitchen, "import", str(tmp_path), cwd_rejects(kitchen))
    answer = subprocess.run(
        [*COMMAND, "review", "walk"],
        env=environment(kitchen, TASTEGRAPH_OPERATOR="ben"),
        input="1\nr\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert answer.returncode == 0, (answer.stdout, answer.stderr)
    assert "House gyn (house-gyn) blocks 1 drink: Late" in answer.stdout
    assert asked(kitchen, "review", "list") == []
    kinds = {
        change["subject_id"]: change["kind"] for change in asked(kitchen, "history", "late")[:2]
    }
    assert kinds == {"house-gyn": "REVIEW", "house-gynn": "REJECTION"}
    assert asked(kitchen, "history", "late")[0]["by"] == "ben"


def test_a_running_server_refuses_recalled_drinks_at_the_very_next_request(own: Served) -> None:
    token = own.token("recalled-person")
    declared = 'mutation { setAllergies(allergies: [{allergenId: "almond"}]) { __typename } }'
    assert own.data(declared, token) == {"setAllergies": {"__typename": "Me"}}

    def offered() -> set[str]:
        answer = own.data(ASK, token)["popularDrinks"]
        return {item["drink"]["id"] for item in answer["items"]}

    recall = ["recall", "--ingredient", "own-tea", "--allergen", "almond", "--source", "notice 3"]
    before = offered()
    tea = {f"own-{number:02}" for number in range(1, 40, 2)}
    assert tea <= before
    done(own.home, *recall)
    assert offered() == before
    done(own.home, *recall, "--apply")
    assert offered() == before - tea
    done(own.home, *recall, "--withdraw", "--apply")
    assert offered() == before
