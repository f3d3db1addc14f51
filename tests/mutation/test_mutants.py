"""Every change of one operator or constant of the safety code is noticed, but for those named."""

from __future__ import annotations

import pytest

from graph.connection import Graph
from graph.verdicts.gate import SAFETY_GATE
from tests.mutation.campaign import mask_mutants, surviving_gates, surviving_masks
from tests.mutation.cypher_mutants import mutants
from tests.mutation.gate_cases import gate_agrees
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
    "codes = np.zeros((len(self.tree.position), len(table)), dtype=np.uint8): zeros -> ones": (
        "written over too"
    ),
}
SAME_GATE = {
    "OPTIONAL MATCH (user:User {id: coalesce($asks[ask].userId, '')}): '' -> 'MUTANT'": (
        "an id that nothing has, like the empty one"
    ),
    "OPTIONAL MATCH (stated:Allergen {id: coalesce(allergy.allergen, '')}): '' -> 'MUTANT'": (
        "as above"
    ),
    "OPTIONAL MATCH (diet:Diet {id: coalesce(dietId, '')}): '' -> 'MUTANT'": "as above",
    "UNWIND reduce(ids = [''] + avoids, change IN coalesce($asks[ask].changes, []) "
    "| ids + change.added): '' -> 'MUTANT'": "as above",
    "WITH person, asked, drink, collect(DISTINCT part) AS parts: DISTINCT -> nothing": (
        "a part twice in a list says nothing new"
    ),
}


def test_every_mutant_of_the_masks_is_noticed() -> None:
    made = mask_mutants()
    assert len(made) > 80
    assert {str(mask) for mask in surviving_masks(made)} == set(SAME_MASKS)


async def test_the_gate_as_it_is_agrees(graph: Graph) -> None:
    for world in campaign_worlds(5):
        await empty(graph)
        await write(world, graph)
        assert await gate_agrees(graph, SAFETY_GATE, world)


async def test_every_mutant_of_the_gate_is_noticed(
    graph: Graph, request: pytest.FixtureRequest
) -> None:
    made = list(mutants(SAFETY_GATE))
    assert len(made) > 150
    if request.node.callspec.params["address"] == "neo4j":
        made = made[::8]  # it plans each of them for seconds, and the oracle is the same
    expected = set(SAME_GATE) & {str(mutant) for mutant in made}
    assert {str(gate) for gate in await surviving_gates(graph, made)} == expected
