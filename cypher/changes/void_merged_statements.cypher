// Void merged statements: what was declared absent in a drink before another became it.
/*
mode:    write
returns:
:param intoId => 'flat-white'
:param fromId => 'oat-flat-white'
:param allergenIds => ['tree-nuts']
:param day => '2026-01-31'
*/
UNWIND $allergenIds AS allergenId
MATCH (kept:Drink {id: $intoId})-[said:FREE_FROM]->(allergen:Allergen {id: allergenId})
CREATE (kept)-[was:WAS_FREE_FROM]->(allergen)
SET was.source = said.source, was.observedAt = said.observedAt, was.writtenIn = said.writtenIn,
    was.voidedAt = $day, was.because = 'RECIPE_CHANGED', was.mergedFrom = [$fromId]
DELETE said
