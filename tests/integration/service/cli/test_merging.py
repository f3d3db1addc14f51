"""Duplicates from the command line: listed, merged and undone; and orders of people unnamed."""

import json
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.service.commands import in_process as command
from tests.integration.service.commands import processes_of, running_engine
from tests.integration.service.conftest import cwd_rejects


def tastegraph(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command as anna."""
    return command(home, *arguments, TASTEGRAPH_OPERATOR="anna")


@pytest.fixture
def cellar(tmp_path: Path) -> Iterator[Path]:
    """A home with its engine running, and a drink that is there twice."""
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "drinks.csv").write_text(
        "id,name,producer\ncola,Cola,Maker\ncola-2,COLA,Maker\n", encoding="utf-8"
    )
    (tables / "interactions.csv").write_text(
        "event_id,user_id,drink_id,type\ne1,ann,cola-2,save\ne2,card,cola,view\n", encoding="utf-8"
    )
    with running_engine(tmp_path / "home") as home:
        imported = tastegraph(home, "import", str(tables), cwd_rejects(home))
        assert imported.returncode == 0, imported.stderr
        assert "Cola: cola, cola-2 (same name and producer)" in imported.stderr
        yield home
    assert processes_of(home) == []


def asked(home: Path, *arguments: str) -> Any:
    answer = tastegraph(home, *arguments, "--json")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_a_duplicate_is_listed_merged_and_undone(cellar: Path) -> None:
    reason = "same name and producer"
    pair = {"one": "cola", "other": "cola-2", "name": "Cola", "reason": reason}
    assert asked(cellar, "duplicates", "drinks") == [pair]
    assert asked(cellar, "duplicates", "people") == []
    shown = asked(cellar, "merge", "drink", "cola-2", "cola")
    assert (shown["applied"], shown["events"], shown["change"]) == (False, 1, None)
    assert asked(cellar, "duplicates", "drinks") == [pair]
    done = tastegraph(cellar, "merge", "drink", "cola-2", "cola", "--apply", "--note", "twice")
    assert done.returncode == 0, done.stderr
    assert "cola-2 becomes cola: 1 event moves." in done.stderr
    change = done.stderr.split("tastegraph merge undo ")[1].strip()
    assert asked(cellar, "duplicates", "drinks") == []
    assert change in {change["id"] for change in asked(cellar, "history", "cola-2")}
    undone = asked(cellar, "merge", "undo", change)
    assert (undone["merged"], undone["into"], undone["events"]) == ("cola-2", "cola", 1)
    assert asked(cellar, "duplicates", "drinks") == [pair]


def test_two_accounts_are_merged_and_undone(cellar: Path) -> None:
    shown = asked(cellar, "merge", "person", "card", "ann")
    assert (shown["applied"], shown["events"], shown["change"]) == (False, 1, None)
    done = tastegraph(cellar, "merge", "person", "card", "ann", "--apply", "--note", "two cards")
    assert done.returncode == 0, done.stderr
    assert "card becomes ann: 1 event moves." in done.stderr
    change = done.stderr.split("tastegraph merge undo ")[1].strip()
    undone = asked(cellar, "merge", "undo", change)
    assert undone == {"merged": "card", "into": "ann", "events": 1}
    answer = tastegraph(cellar, "merge", "person", "nobody", "ann")
    assert answer.returncode == 1
    assert "There is no person 'nobody'" in answer.stderr


def test_what_cannot_be_done_is_said_in_one_line(cellar: Path) -> None:
    answer = tastegraph(cellar, "merge", "drink", "cola", "nothing", "--apply")
    assert answer.returncode == 1
    assert "There is no drink 'nothing'" in answer.stderr
    answer = tastegraph(cellar, "merge", "undo", "merge-0")
    assert answer.returncode == 1
    assert "There is no merge 'merge-0'" in answer.stderr


def test_orders_are_imported_without_an_address(cellar: Path, tmp_path: Path) -> None:
    order = {
        "date_created_gmt": "2026-01-31T16:00:00",
        "billing": {"email": "Ann@example.org"},
        "line_items": [
            {"product_id": 9, "quantity": 2},
            {"product_id": 10, "quantity": 1},
        ],
    }
    (tmp_path / "products.csv").write_text("ID,Name,Regular price\n9,Our Pils,4\n")
    (tmp_path / "orders.json").write_text(json.dumps([order]))
    rejects = cwd_rejects(cellar)
    products = ("import", str(tmp_path / "products.csv"), "--mapping", "woocommerce_products")
    assert tastegraph(cellar, *products, rejects).returncode == 0
    orders = ("import", str(tmp_path / "orders.json"), "--mapping", "woocommerce_orders")
    for written in (1, 0):  # the key is kept: who came again is the same person
        answer = tastegraph(cellar, *orders, rejects, "--json")
        assert answer.returncode == 3, answer.stderr
        counts = json.loads(answer.stdout)["tables"]["interactions"]
        assert (counts["written"], counts["rejected"]) == (written, 1)
    assert "ann@" not in (cellar.parent / "rejects.csv").read_text().lower()
    assert stat.S_IMODE((cellar / "keys" / "opaque.key").stat().st_mode) == 0o600
