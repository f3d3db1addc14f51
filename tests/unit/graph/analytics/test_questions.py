"""Questions by name or file: what is refused, and how values get their types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.analytics.literals import literal
from graph.analytics.questions import parameter_values, question, questions
from graph.analytics.read_only import refuse_writes, why_not_reading
from graph.errors import QuestionRefused
from graph.query import Query
from tests.support.query_files import query_names


def asked(**declared: str) -> Query:
    return Query("mine", "Mine", "", "read", (), declared, "RETURN 1 AS one")


def test_every_file_of_analytics_is_a_question() -> None:
    named = [name.removeprefix("analytics/") for name in query_names() if "analytics/" in name]
    assert [query.name for query in questions()] == named and len(named) >= 25
    for name in named:
        assert question(name) == question(f"analytics/{name}")


def test_every_question_has_plain_values() -> None:
    for query in questions():
        assert parameter_values(query, {}).keys() == query.parameters.keys()


def test_an_unknown_question_is_refused_with_what_is_near() -> None:
    with pytest.raises(QuestionRefused, match=r"no question 'sales_by_stile'.*sales_by_style"):
        question("sales_by_stile")
    with pytest.raises(QuestionRefused, match="--list"):
        question("people/profile")


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n) SET n.name = 'x' RETURN n.name AS name",
        "match (n) detach delete n",
        "RETURN '/*' AS a CREATE (n) RETURN '*/' AS b",
        'RETURN "it\'s" AS a CREATE (n) RETURN "it\'s" AS b',
        "RETURN 1 AS one // a comment\rCREATE (n)",
        "RETURN 1 AS one // a comment\u2028CREATE (n)",
        r"RETURN 1 AS one \u0043REATE (n)",
        "CALL { MATCH (n) DELETE n } RETURN 1 AS one",
        "CALL db.createLabel('x')",
        "CALL `db`.`createLabel`('x')",
        "CALL apoc.cypher.doIt('x', {})",
        "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
        "RETURN 'open",
        "USE system SHOW USERS",
    ],
)
def test_a_text_that_could_write_is_found(text: str) -> None:
    assert why_not_reading(text)


@pytest.mark.parametrize(
    "text",
    [
        "MATCH (n:Drink) RETURN n.id AS create_, 'CREATE' AS text // SET",
        "MATCH (n) WHERE n.`SET` = 1 RETURN n.`it's` AS a, n.id AS setting, n.at AS created",
        "MATCH (d) CALL (d) { MATCH (d)-->(x) RETURN count(x) AS n } RETURN d.id AS id, n",
        "CALL { RETURN 1 AS one } RETURN one /* DELETE */",
        "CALL db.labels() YIELD label RETURN label",
    ],
)
def test_a_text_that_reads_is_let_through(text: str) -> None:
    assert why_not_reading(text) is None


def test_every_write_file_of_the_house_would_be_found_by_its_words() -> None:
    from graph.query_files import load

    for name in query_names():
        query = load(name)
        assert (why_not_reading(query.text) is None) == (query.mode == "read"), name


def test_a_file_that_says_it_writes_is_refused() -> None:
    writing = Query("w", "W", "", "write", (), {}, "RETURN 1 AS one")
    with pytest.raises(QuestionRefused, match="writes to the graph"):
        refuse_writes(writing)


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.cypher"
    path.write_text("// Mine: one.\n/*\nmode:    read\n:param n => 3\n*/\nRETURN $n AS n\n")
    assert parameter_values(question(str(path)), {"n": "4"}) == {"n": 4}
    path.write_text("RETURN 1 AS one\n")
    with pytest.raises(
        QuestionRefused, match=r"(?s)mine.cypher: title and header.*looks like this"
    ):
        question(str(path))
    path.write_text("// Mine: one.\n/*\nmode:    read\n*/\nCREATE (n) RETURN 1 AS one\n")
    with pytest.raises(QuestionRefused, match="has the word CREATE"):
        question(str(path))
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(QuestionRefused, match="UTF-8"):
        question(str(path))


@pytest.mark.parametrize(
    ("declared", "given", "value"),
    [
        ("'milk'", "egg", "egg"),
        ("'milk'", "", ""),
        ("10", "25", 25),
        ("2.0", "3", 3.0),
        ("true", "False", False),
        ("['a']", "b, c", ["b", "c"]),
        ("[1]", "1,2", [1, 2]),
        ("['a']", "['b', \"c\"]", ["b", "c"]),
        ("{a: 1}", "{a: 2, b: [null, -1.5]}", {"a": 2, "b": [None, -1.5]}),
    ],
)
def test_a_value_takes_the_type_that_the_file_declares(
    declared: str, given: str, value: Any
) -> None:
    parameter = parameter_values(asked(it=declared), {"it": given})["it"]
    assert parameter == value and type(parameter) is type(value)


@pytest.mark.parametrize(
    ("declared", "given", "reason"),
    [
        ("10", "ten", "'it' must be a whole number, not 'ten'"),
        ("10", "2.5", "must be a whole number"),
        ("2.0", "inf", "must be a number"),
        ("true", "yes", "must be true or false"),
        ("[1]", "1,x", "must be a whole number"),
        ("{a: 1}", "{a: }", "must be a value as Cypher writes it"),
    ],
)
def test_a_wrong_value_is_refused_and_named(declared: str, given: str, reason: str) -> None:
    with pytest.raises(QuestionRefused, match=reason):
        parameter_values(asked(it=declared), {"it": given})


def test_a_parameter_that_is_not_there_is_refused() -> None:
    with pytest.raises(QuestionRefused, match=r"no parameter 'row'. It has rows\."):
        parameter_values(asked(rows="1"), {"row": "1"})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("'it\\'s'", "it's"),
        ('"a\\nb"', "a\nb"),
        ("-1", -1),
        ("1e3", 1000.0),
        ("[]", []),
        ("[[1], {}]", [[1], {}]),
        ("{a: 'b', 'c d': true,}", {"a": "b", "c d": True}),
        ("NULL", None),
    ],
)
def test_literals(text: str, value: Any) -> None:
    assert literal(text) == value


@pytest.mark.parametrize("text", ["", "abc", "[1", "{a 1}", "1 2", "'open", "date()", "[1,,2]"])
def test_what_is_no_literal(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        literal(text)


@pytest.mark.parametrize("given", ["9223372036854775808", "-9223372036854775809", "9" * 5_000])
@pytest.mark.parametrize("declared", ["10", "[1]", "null"])
def test_a_whole_number_has_64_bits(declared: str, given: str) -> None:
    with pytest.raises(QuestionRefused, match="'it' must be a ") as refused:
        parameter_values(asked(it=declared), {"it": given})
    assert len(str(refused.value)) < 300
    for most in ("9223372036854775807", "-9223372036854775808"):
        assert parameter_values(asked(it=declared), {"it": most})["it"] in (int(most), [int(most)])
