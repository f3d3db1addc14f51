"""A model's life while a server runs: trained, taken, refused, promoted, rolled back, damaged."""

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from graph.connection import connect
from graph.engine.embedded import EmbeddedEngine
from tests.integration.service.commands import Served, tastegraph
from tests.integration.service.worlds import DRINKS, drink_id
from tests.support.emptying import ask

ASK = """query($first: Int!) { recommendations(first: $first) {
    ... on Recommendations { modelVersion items { drink { id } safety { status } } } } }"""


def current(running: Served, user: str = "person-0", first: int = 5) -> dict[str, Any]:
    answer: dict[str, Any] = running.data(ASK, running.token(user), {"first": first})
    return answer["recommendations"]


def wait_for_version(running: Served, version: str, seconds: float = 3) -> None:
    """A running server takes a model within a second; three are allowed on a busy machine."""
    token, until = running.token("person-0"), time.monotonic() + seconds
    while running.data(ASK, token, {"first": 1})["recommendations"]["modelVersion"] != version:
        assert time.monotonic() < until, running.said()
        time.sleep(0.05)


def retrained(running: Served, seed: int, status: int = 0) -> dict[str, Any]:
    done = tastegraph(running.home, "retrain", "--seed", str(seed), "--json")
    assert done.returncode == status, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def statuses(running: Served) -> dict[str, str]:
    done = tastegraph(running.home, "models", "list", "--json")
    return {model["version"]: model["status"] for model in json.loads(done.stdout)}


def write(running: Served, text: str, **values: Any) -> None:
    """Write as another process would, into the engine that runs."""

    async def work() -> None:
        engine = EmbeddedEngine(running.home / "graph")
        address = engine.start()
        try:
            async with connect(address, deadline=20) as graph:
                await ask(graph, text, **values)
        finally:
            engine.stop()

    asyncio.run(work())


@pytest.fixture(scope="module")
def models(own: Served) -> dict[str, str]:
    """The versions of two models; the second is active."""
    assert current(own)["modelVersion"] == "popularity"
    first = retrained(own, 1)
    assert first["promoted"]
    wait_for_version(own, first["version"])
    write(
        own,
        "MATCH (model:Model {version: $version}) SET model.metrics = $metrics RETURN 1 AS one",
        version=first["version"],
        metrics=json.dumps({"model": {"ndcg": 0.0}}),
    )
    second = retrained(own, 2)
    assert second["promoted"]
    wait_for_version(own, second["version"])
    return {"first": first["version"], "second": second["version"]}


def test_a_trained_model_ranks_what_its_people_like(own: Served, models: dict[str, str]) -> None:
    half = DRINKS // 2
    for user, liked in (("person-0", range(half)), ("person-1", range(half, DRINKS))):
        items = current(own, user)["items"]
        wanted = {drink_id(number) for number in liked}
        assert len({item["drink"]["id"] for item in items} & wanted) >= 4


def test_after_the_import_unsafe_drinks_are_left_out(own: Served, models: dict[str, str]) -> None:
    token = own.token("person-4")
    declared = own.data(
        'mutation { setAllergies(allergies: [{allergenId: "milk"}]) { __typename } }', token
    )
    assert declared["setAllergies"]["__typename"] == "Me"
    items = own.data(ASK, token, {"first": DRINKS})["recommendations"]["items"]
    odd = {drink_id(number) for number in range(1, DRINKS, 2)}
    assert {item["drink"]["id"] for item in items} == odd
    assert {item["safety"]["status"] for item in items} == {"SAFE"}


def test_list_show_promote_and_roll_back(own: Served, models: dict[str, str]) -> None:
    first, second = models["first"], models["second"]
    assert statuses(own) == {first: "retired", second: "active"}
    shown = tastegraph(own.home, "models", "show", second)
    assert json.loads(shown.stdout)["status"] == "active"
    parts = {part["part"]: part for part in json.loads(shown.stdout)["parts"]}
    assert set(parts) == {"closed form", "transitions", "GraphSAGE"}
    assert parts["closed form"]["weight"] > 0 and all(part["finding"] for part in parts.values())
    assert tastegraph(own.home, "models", "rollback").returncode == 0
    wait_for_version(own, first)
    assert statuses(own) == {first: "active", second: "retired"}
    assert tastegraph(own.home, "models", "promote", second).returncode == 0
    wait_for_version(own, second)


def test_a_worse_model_is_refused_with_its_reason_and_status_4(
    own: Served, models: dict[str, str]
) -> None:
    text = "MATCH (m:Model {version: $version}) SET m.metrics = $metrics RETURN m.version AS v"
    best = json.dumps({"model": {"ndcg": 0.999}})
    write(own, text, version=models["second"], metrics=best)
    refused = retrained(own, 3, status=4)
    assert not refused["promoted"] and "than what the active model reached" in refused["reason"]
    assert statuses(own)[refused["version"]] == "candidate"
    time.sleep(1)
    assert current(own)["modelVersion"] == models["second"]


def test_damaged_files_keep_the_model_before_and_are_counted_once(
    own: Served, models: dict[str, str]
) -> None:
    wait_for_version(own, models["second"])
    weights = own.home / "models" / models["first"] / "weights.safetensors"
    whole = weights.read_bytes()
    failures = own.metric("tastegraph_model_failures_total")
    weights.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    done = tastegraph(own.home, "models", "promote", models["first"])
    assert done.returncode == 1 and "weights.safetensors: checksum differs" in done.stderr
    assert statuses(own)[models["second"]] == "active"
    # another installation may have activated it all the same
    text = "MATCH (m:Model {version: $version}) SET m.status = $status RETURN m.version AS v"
    write(own, text, version=models["second"], status="retired")
    write(own, text, version=models["first"], status="active")
    try:
        time.sleep(2)
        assert current(own)["modelVersion"] == models["second"]
        assert own.metric("tastegraph_model_failures_total") == failures + 1
        weights.write_bytes(whole)
        wait_for_version(own, models["first"], seconds=15)
    finally:
        weights.write_bytes(whole)
        assert tastegraph(own.home, "models", "promote", models["second"]).returncode == 0
    wait_for_version(own, models["second"])


def test_a_report_has_the_metrics_of_the_model_and_of_the_baselines(
    own: Served, models: dict[str, str], tmp_path: Path
) -> None:
    rows = [f"person-{n},{drink_id((n % 2) * DRINKS // 2 + n % 20)}" for n in range(60)]
    holdout, report = tmp_path / "holdout.csv", tmp_path / "report.json"
    holdout.write_text("\n".join(["user_id,drink_id", *rows, "stranger,own-01", "person-1,gone"]))
    done = tastegraph(
        own.home, "evaluate", "--holdout", str(holdout), "--at", "7", "--report", str(report)
    )
    assert done.returncode == 0, done.stderr
    document = json.loads(report.read_text())
    assert document["model_version"] == models["second"]
    assert document["k"] == 7 and document["users"] > 10
    assert 0 < document["recall"] <= 1 and 0 < document["ndcg"] <= 1
    assert (document["unknown_users"], document["unknown_drinks"]) == (1, 1)
    assert {"popularity", "ItemKNN"} <= set(document["baselines"])
    for row in document["baselines"].values():
        assert {"recall", "ndcg", "users", "k"} <= set(row)
        assert (row["users"], row["k"]) == (document["users"], 7)
