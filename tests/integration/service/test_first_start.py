"""What a newcomer sees after one command."""

import re

import httpx

from tests.integration.service.commands import Served

RECOMMENDATIONS = """{ recommendations(first: 5) { __typename ... on Recommendations {
    modelVersion allergiesDeclared items { rank drink { id } safety { status } } } } }"""


def test_it_prints_what_to_open_a_token_that_works_and_queries_to_paste(served: Served) -> None:
    said = served.said()
    match = re.search(r"Authorization: Bearer (\S+)", said)
    assert match
    queries = [line.strip() for line in said.splitlines() if re.match(r"  (\{|mutation)", line)]
    assert len(queries) == 3
    for query in queries:
        answer = served.post(query, match[1]).json()
        assert "errors" not in answer, answer
        assert all(answer["data"].values()), answer


def test_the_first_model_ranks_and_it_is_not_popularity(served: Served) -> None:
    result = served.data(RECOMMENDATIONS, served.token("simulated-0003"))["recommendations"]
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", result["modelVersion"])
    assert [item["rank"] for item in result["items"]] == [1, 2, 3, 4, 5]
    assert {item["safety"]["status"] for item in result["items"]} <= {"SAFE", "NOT_CHECKED"}


def test_graphiql_loads_every_file_from_this_server(served: Served) -> None:
    page = httpx.get(f"{served.base}/graphql", timeout=30)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    named = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    files = [address for address in named if not address.startswith("data:")]
    assert len(files) >= 4
    for name in files:
        assert name.startswith("/") and not name.startswith("//")
        file = httpx.get(f"{served.base}{name}", timeout=30)
        assert file.status_code == 200 and len(file.content) > 1000
    assert not re.search(r"https?://", page.text)


def test_the_serving_process_has_no_torch(served: Served) -> None:
    with open(f"/proc/{served.process.pid}/maps") as maps:
        loaded = maps.read()
    assert "libtorch" not in loaded and "/torch/" not in loaded
    assert "numpy" in loaded


def test_the_probes_answer(served: Served) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        assert httpx.get(f"{served.base}{path}", timeout=30).status_code == 200
    assert served.metric("tastegraph_catalogue_drinks") > 120


def test_the_second_start_trains_nothing_and_answers_with_the_same_model(served: Served) -> None:
    token = served.token("simulated-0003")
    before = served.data(RECOMMENDATIONS, token)["recommendations"]
    assert served.stop() == 0
    served.start()
    served.ready(120)
    assert "Training" not in served.said()
    assert served.data(RECOMMENDATIONS, token)["recommendations"] == before
