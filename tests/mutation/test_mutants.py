"""Every change of one operator or constant of the safety code is noticed, but for those named."""

from __future__ import annotations

import pytest

from graph.connection import Graph
from tests.mutation.campaign import (
    GATES,
    mask_mutants,
    surviving_gates,
    surviving_masks,
)
from tests.mutation.cypher_mutants import mutants
from tests.mutation.worlds import campaign_worlds
from tests.support.emptying import empty
from tests.support.random_graphs import write

# These change nothing that anybody could see; the reason stands beside each.
SAME_MASKS = {
    "_TRACES, _PRESENCE = 1, 2: 2 -> 3": "presence only has to be more than traces",
    "@dataclass(frozen=True): True -> False": "nobody writes to it",
    "for limit, values in zip((max_abv, max_caffeine), self._quantities, strict=True):: "
    "True -> False": "there are always two of both",
    "presence = np.zeros_like(own): zeros_like -> ones_like": "every row is written over",
    "reviewed = np.zeros(len(self._names), dtype=np.uint8): zeros -> ones": "written over too",
    "codes = np.zeros((len(self.tree.position), len(drinks)), dtype=np.uint8): zeros -> ones": (
        "written over too"
    ),
}
SAME_SAFETY_GATE = {
    "collect(DISTINCT CASE WHEN type(evidence) = 'HAS_ALLERGEN' THEN found.id END) AS inParts,: "
    "DISTINCT -> nothing": "an id twice in a list is found as once",
    "collect(DISTINCT CASE WHEN type(evidence) = 'MAY_CONTAIN' THEN found.id END) AS traces: "
    "DISTINCT -> nothing": "as above",
    "WITH user, allergies, avoids, diets, drink, collect(DISTINCT part) AS parts,: "
    "DISTINCT -> nothing": "as above",
}
SAME_DECLARED_GATE = {
    "collect(DISTINCT CASE WHEN type(evidence) = 'HAS_ALLERGEN' THEN found.id END) AS inParts,: "
    "DISTINCT -> nothing": "as above",
    "collect(DISTINCT CASE WHEN type(evidence) = 'MAY_CONTAIN' THEN found.id END) AS traces: "
    "DISTINCT -> nothing": "as above",
    "WITH place, allergies, diets, avoids, unknownAvoids, drink, collect(DISTINCT part) AS parts,: "
    "DISTINCT -> nothing": "as above",
}
SAME_GATES = {"safety_gate": SAME_SAFETY_GATE, "declared_gate": SAME_DECLARED_GATE}


def test_every_mutant_of_the_masks_is_noticed() -> None:
    made = mask_mutants()
    assert len(made) > 80
    assert {str(one) for one in surviving_masks(made)} == set(SAME_MASKS)


@pytest.mark.parametrize("name", GATES)
async def test_a_gate_as_it_is_agrees(graph: Graph, name: str) -> None:
    gate, agrees = GATES[name]
    for world in campaign_worlds(5):
        await empty(graph)
        await write(world, graph)
        assert await agrees(graph, gate, world)


@pytest.mark.parametrize("name", GATES)
async def test_every_mutant_of_a_gate_is_noticed(
    graph: Graph, request: pytest.FixtureRequest, name: str
) -> None:
    gate, agrees = GATES[name]
    made = list(mutants(gate))
    assert len(made) > 80
    if request.node.callspec.params["address"] == "neo4j":
        made = made[::8]  # it plans each of them for seconds, and the oracle is the same
    expected = set(SAME_GATES[name]) & {str(one) for one in made}
    assert {str(one) for one in await surviving_gates(graph, gate, agrees, made)} == expected
