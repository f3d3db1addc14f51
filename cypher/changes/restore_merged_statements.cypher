// Restore merged statements: what a merge made void speaks again once it is undone.
/*
The later steps of the change make void again what has become so for another reason.

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
