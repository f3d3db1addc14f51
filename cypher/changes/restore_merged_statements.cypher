// Restore merged statements: what a merge made void counts again once it is undone.
/*
Later steps of the change void again what has become void for another reason.

mode:    write
returns:
:param intoId => 'flat-white'
:param fromId => 'house-tea'
*/
MATCH (kept:Drink {id: $intoId})-[was:WAS_FREE_FROM]->(allergen:Allergen)
WHERE was.mergedFrom = [$fromId]
CREATE (kept)-[said:FREE_FROM]->(allergen)
SET said.source = was.source, said.observedAt = was.observedAt, said.writtenIn = was.writtenIn
DELETE was
