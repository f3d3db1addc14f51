from __future__ import annotations

import itertools

import pytest

from graph.importing.statements import Statement, decide

CONTAINS, MAY, ABSENT = (
    Statement(status, "2026-01-02") for status in ("contains", "may_contain", "absent")
)
OLDER = "2026-01-01"


@pytest.mark.parametrize(
    ("known", "said", "expected"),
    [
        (None, [ABSENT], ABSENT),
        (None, [ABSENT, CONTAINS, MAY], CONTAINS),
        (None, [ABSENT, Statement("contains", OLDER)], ABSENT),
        (Statement("contains", OLDER), [ABSENT], ABSENT),
        (CONTAINS, [Statement("absent", OLDER)], CONTAINS),
        (CONTAINS, [MAY], MAY),
        (ABSENT, [Statement("contains", None)], Statement("contains", None)),
        (CONTAINS, [Statement("may_contain", None)], CONTAINS),
        (None, [ABSENT, Statement("may_contain", None)], Statement("may_contain", None)),
        (
            Statement("contains", None),
            [Statement("may_contain", None)],
            Statement("may_contain", None),
        ),
        (CONTAINS, [], CONTAINS),
        (None, [], None),
    ],
)
def test_one_statement_of_a_source_counts(
    known: Statement | None, said: list[Statement], expected: Statement | None
) -> None:
    assert decide(known, said) == expected


def test_the_order_of_rows_does_not_matter_and_saying_it_again_changes_nothing() -> None:
    every = [
        Statement(status, day)
        for status in ("contains", "may_contain", "absent")
        for day in (None, OLDER, "2026-01-02")
        if status != "absent" or day
    ]
    for known in (None, *every):
        for said in itertools.combinations(every, 3):
            answers = {decide(known, list(order)) for order in itertools.permutations(said)}
            assert len(answers) == 1
            assert decide(answers.copy().pop(), list(said)) in answers
