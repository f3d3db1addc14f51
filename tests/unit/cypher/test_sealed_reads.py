"""No query reads what people declare as if nobody's could be sealed."""

from __future__ import annotations

import re

import pytest

from graph.query_files import load
from tests.support.query_files import query_names

DECLARED = re.compile(
    r"\bALLERGIC_TO\b|\(user\w*\)-\[\w*:(AVOIDS|FOLLOWS)|:User\)-\[\w*:(AVOIDS|FOLLOWS)"
    r"|\ballergiesDeclaredAt\b|\buser\.(maxAbv|maxCaffeineMgPer100ml|unresolved|regulation)\b"
    r"|\bkept\.unresolved\b"
)
# A sealed person is not in these, and why that harms nobody.
OTHERS_ALONE = {
    "analytics/drinks_refused_most": "an analyst's count, which the page says is without them",
    "analytics/sales_by_allergy": "as above",
    "analytics/sales_by_diet": "as above",
    "analytics/who_cannot_be_served": "as above",
    "analytics/who_has_few_choices": "as above",
    "changes/recall_people": "changes/recall_sealed counts them",
    "people/open_profiles": "looks for what is in the clear, to seal it",
    "people/somebody": "somebody simulated, to demonstrate with",
}


def reads_declarations(name: str) -> bool:
    query = load(name)
    return query.mode == "read" and DECLARED.search(query.body) is not None


READERS = [name for name in query_names() if reads_declarations(name)]


@pytest.mark.parametrize("name", READERS)
def test_who_reads_declarations_asks_whether_they_are_sealed(name: str) -> None:
    assert (re.search(r"\.sealed\b", load(name).body) is not None) == (name not in OTHERS_ALONE)


def test_there_are_some() -> None:
    assert {"recommend/safety_gate", "recommend/declarations", "people/profile"} < set(READERS)
    assert set(OTHERS_ALONE) < set(READERS)
