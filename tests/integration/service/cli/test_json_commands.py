"""Every command with --json prints one JSON document on standard output, and nothing else there.

In this process, over an engine that runs throughout; how commands end as processes is tested
beside.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from embeddings.registry.lifecycle import activate
from embeddings.registry.store import ModelStore
from graph.connection import connect
from service.cli.main import tastegraph
from tests.integration.service.commands import running_engine
from tests.integration.service.worlds import write_world
from tests.support.models import put_model
from tests.support.shop_database import MAPPING
from tests.unit.docs.test_reference import COMMANDS
from tests.unit.service.cli.test_sections import TALKS

Run = Callable[..., Result]
# Tested where they train, draw and serve what is trusted.
ELSEWHERE = {
    f"tastegraph {command}"
    for command in (
        *("retrain", "learn", "map", "report", "documents"),
        *("backup create", "backup verify", "backup restore"),
        *("stream status", "stream replay", "stream condense", "changes skip"),
        *("stream windows submit", "stream windows jobs"),
        *(
            f"experiments {verb}"
            for verb in (
                *("new", "power", "list", "show", "start", "ramp", "stop", "decide"),
                *("replay", "interleaved"),
            )
        ),
        "triggers dry-run",
        *("approvals list", "approvals approve"),
        *("privacy seal", "privacy rotate-master-key"),
        *(f"segments {verb}" for verb in ("compute", "list", "show")),
        *(f"webhooks {verb}" for verb in ("add", "list", "remove", "resume", "rotate", "test")),
        *(f"stream dead-letters {verb}" for verb in ("list", "show", "replay", "drop")),
    )
}
NEWER, OLDER = "20261102T080000Z-00000002", "20261101T080000Z-00000001"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose engine runs, with the bundled law and an operator's own drinks."""
    with running_engine(tmp_path_factory.mktemp("json") / "home") as home:
        yield home


@pytest.fixture(scope="module")
def run(home: Path) -> Run:
    environment = {"TASTEGRAPH_HOME": str(home), "PORT": "0", "TASTEGRAPH_OPERATOR": "anna"}

    def command(*arguments: str) -> Result:
        return CliRunner(env=environment).invoke(tastegraph, arguments, catch_exceptions=False)

    return command


@pytest.fixture(scope="module")
def done(run: Run, home: Path) -> dict[str, Any]:
    """What each command printed, in an order that makes sense; the imported world first."""
    folder = write_world(home.parent / "world")
    rows = home.parent / "rows.csv"
    rows.write_text("user_id,drink_id\nperson-1,own-01\n", encoding="utf-8")
    (folder / "mystery.txt").write_text("not a table", encoding="utf-8")
    said: dict[str, Any] = {}

    def tell(name: str, *options: str) -> Any:
        result = run(*name.split(), *options, "--json")
        assert result.exit_code == 0, (name, result.output)
        said[f"tastegraph {name}"] = json.loads(result.stdout)
        return said[f"tastegraph {name}"]

    tell("knowledge")
    tell("import", str(folder), f"--rejects={home.parent / 'rejects.csv'}")
    asyncio.run(two_models(home))
    tell("doctor")
    tell("token", "annie", "--hours=2")
    tell("generate", "--check")
    tell("resolve", "fresh lime juice")
    tell("label", "Contains milk.")
    tell("recall", "--ingredient=own-tea", "--allergen=milk", "--source=notice", "--apply")
    tell("history", "own-01")
    tell("duplicates", "people")
    merged = tell("merge drink", "own-02", "own-03", "--apply")
    tell("merge undo", merged["change"])
    tell("merge person", "person-3", "person-4", "--apply")
    for name in ("x-1", "x-2"):
        unreviewed(run, home, name)
    tell("review list", "--limit=1000")
    tell("review accept", "x-1", "--no-allergens", "--source=label")
    tell("review reject", "x-2")
    tell("evaluate", f"--holdout={rows}")
    tell("models list")
    tell("models show", NEWER)
    tell("models promote", NEWER)
    tell("models rollback")
    tell("models shadow", NEWER)
    tell("models prune", "--keep=1")
    tell("context")
    tell("earned", "--since=2026-01-01", "--until=2026-02-01")
    tell("query", "popular_by_kind")
    tell("export", "csv", f"--out={home.parent / 'export'}")
    tell("neighbours", "own-01")
    key = tell("keys add", "till 3", "--scope=tastegraph:events", "--days=30")
    tell("keys list")
    tell("keys revoke", key["id"])
    mapping = home.parent / "shop.toml"
    mapping.write_text(MAPPING, encoding="utf-8")
    tell("changes check", str(mapping))
    tell("changes secret")
    tell("changes status")
    tell("stream windows list")
    tell("stream windows show", "trending")
    tell("warehouse sync", f"--to={home.parent / 'warehouse'}")
    tell("privacy consents texts", "--language=de")
    tell("privacy consents give", "person-5", "safety", "training", "--why=on paper")
    tell("privacy consents withdraw", "person-5", "training")
    tell("privacy consents child", "person-6", "--age=12", "--guardian=parent-6")
    tell("privacy consents show", "person-5")
    tell("privacy processing-record")
    tell("privacy erase", "person-2", "--yes", "--why=asked by letter")
    kept = home.parent / "kept.txt"
    kept.write_text(tell("audit checkpoint")["note"], encoding="utf-8")
    tell("audit verify", f"--kept={kept}")
    tell("audit show", "--about=person-2")
    tell("audit prove", "0")
    tell("audit publish", str(home.parent / "www"))
    return said


def unreviewed(run: Run, home: Path, name: str) -> None:
    folder = home.parent / f"{name}-table"
    folder.mkdir()
    text = f"id,name,reviewed,source\n{name},Unknown {name},false,a test\n"
    (folder / "ingredients.csv").write_text(text, encoding="utf-8")
    result = run("import", str(folder), f"--rejects={home.parent / name}.csv")
    assert result.exit_code == 0 and result.stdout == "", result.output


async def two_models(home: Path) -> None:
    from graph.engine.embedded import running_address

    address = running_address(home / "graph")
    assert address
    async with connect(address, deadline=30.0) as graph:
        store = ModelStore(home / "models")
        older = await put_model(graph, store, 1)
        await put_model(graph, store, 2)
        await activate(graph, older, "anna", None)


def test_every_command_was_run(done: dict[str, Any]) -> None:
    assert set(done) == set(COMMANDS) - set(TALKS) - ELSEWHERE


def test_the_acts_are_on_record(run: Run, done: dict[str, Any]) -> None:
    acts = json.loads(run("audit", "show", "--json").stdout)
    said = {(act["action"], *act["what"]) for act in acts if act["role"] == "command"}
    assert said >= {
        ("access", "add key", "till 3", "tastegraph:events"),
        ("access", "revoke key", done["tastegraph keys add"]["id"]),
        ("review", "accept", "x-1"),
        ("review", "reject", "x-2"),
        ("query", "popular_by_kind"),
        ("export", "graph"),
        ("export", "warehouse"),
    }


def test_the_documents_say_what_was_done(done: dict[str, Any]) -> None:
    got = {name.removeprefix("tastegraph "): document for name, document in done.items()}
    assert (
        got["knowledge"]["edition"] and got["knowledge"]["tables"]["ingredients"]["written"] > 100
    )
    assert got["import"]["tables"]["drinks"]["written"] == 40
    assert got["doctor"]["healthy"] is True
    states = {finding["check"]: finding["state"] for finding in got["doctor"]["findings"]}
    assert states["knowledge"] == states["engine"] == states["model"] == "ok"
    assert got["token"]["user_id"] == "annie" and got["token"]["token"].count(".") == 2
    [listed] = got["keys list"]
    assert (listed["id"], listed["state"]) == (got["keys add"]["id"], "works")
    assert listed["scopes"] == ["tastegraph:events"] and listed["by"] == "anna"
    assert got["keys add"]["key"] not in str(listed) and got["keys revoke"]["revoked_at"]
    assert got["generate"] == {"stale": [], "written": False}
    assert got["review accept"]["reviewed"] and not got["review reject"]["reviewed"]
    assert {"x-1", "x-2"} <= {ingredient["id"] for ingredient in got["review list"]}
    assert got["evaluate"]["model_version"] == OLDER and got["evaluate"]["users"] == 1
    assert [model["version"] for model in got["models list"]] == [NEWER, OLDER]
    assert (got["models promote"], got["models rollback"]) == ({"active": NEWER}, {"active": OLDER})
    assert [model["version"] for model in got["models shadow"]] == [NEWER]
    assert [table["from"] for table in got["changes check"]["tables"]][:1] == ["public.drinks"]
    assert got["changes check"]["problems"] == [] == got["changes status"]["tables"]
    assert got["changes secret"]["secret"].startswith("whsec_")
    assert "trending" in {feature["name"] for feature in got["stream windows list"]}
    assert got["stream windows show"] == {"as_of": None, "trending": []}
    assert got["models prune"] == {"removed": []}
    [erasure] = got["audit show"]
    assert (erasure["action"], erasure["actor"], erasure["role"]) == ("erase", "anna", "command")
    assert erasure["why"] == "asked by letter" and "person-2" not in json.dumps(erasure)
    recorded = got["audit verify"]["entries"]
    assert got["audit verify"]["findings"] == [] and recorded == got["audit publish"]["entries"]
    actions = [json.loads(got["audit prove"]["entry"])["action"], erasure["number"]]
    assert actions == ["import", recorded - 1]
    assert [text["template"] for text in got["privacy consents texts"]] == [True] * 8
    given = got["privacy consents give"]["decisions"]
    assert given == [{"purpose": name, "given": True} for name in ("safety", "training")]
    assert got["privacy consents withdraw"]["effects"][0]["store"] == "models"
    shown = {each["purpose"]: each for each in got["privacy consents show"]["purposes"]}
    assert shown["training"]["state"] == "refused" and len(shown["training"]["history"]) == 2
    assert shown["safety"]["history"][0]["by"] == "operator"
    assert shown["personalisation"]["ground"] == "contract"  # as it was imported
    assert shown["marketing"]["state"] == "not-asked"
    assert got["privacy consents child"]["child"] is True
    activities = {each["purpose"]: each for each in got["privacy processing-record"]["activities"]}
    assert activities["safety"]["ground"].startswith("consent (explicit, article 9(2)(a))")
    assert activities["training"]["ground"].endswith("the ground of the import")
    receipt = got["privacy erase"]
    assert receipt["verified"] and not any(store["found"] for store in receipt["stores"])
    assert {"graph", "log", "warehouse", "record of acts"} <= {
        store["store"] for store in receipt["stores"]
    }
    assert got["privacy erase"]["known"] and got["privacy erase"]["relationships"] == 8


def test_a_persons_data_are_printed_or_written_for_the_operator_alone(
    done: dict[str, Any], run: Run, home: Path
) -> None:
    result = run("privacy", "export", "person-1")
    exported = json.loads(result.stdout)
    assert len(exported["interactions"]) == 8
    assert [(act["action"], act["role"]) for act in exported["accessLog"]] == [
        ("export", "command")
    ]
    out = home.parent / "person.json"
    result = run("privacy", "export", "person-2", f"--out={out}")
    assert result.stdout == "" and "Nothing is kept about 'person-2'" in result.stderr
    assert json.loads(out.read_text())["known"] is False
    assert out.stat().st_mode & 0o077 == 0


def test_an_erasure_asks_before(done: dict[str, Any], run: Run) -> None:
    assert run("privacy", "erase", "person-3").exit_code == 1  # nobody answers
    assert json.loads(run("privacy", "export", "person-3").stdout)["known"]


def test_long_steps_end_with_a_summary_on_standard_error(
    done: dict[str, Any], run: Run, home: Path
) -> None:
    for arguments, words in (
        (("knowledge",), "rows a second"),
        (("export", "csv", f"--out={home.parent / 'again'}"), "relationships in"),
    ):
        result = run(*arguments)
        assert result.exit_code == 0 and result.stdout == ""
        assert words in result.stderr
