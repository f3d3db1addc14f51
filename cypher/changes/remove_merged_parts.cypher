// Remove merged parts: what a drink had only because another was merged into it.
/*
mode:    write
returns:
:param intoId => 'flat-white'
:param fromId => 'house-tea'
*/
MATCH (kept:Drink {id: $intoId})-[line:CONTAINS]->(:Ingredient)
WHERE line.mergedFrom = [$fromId]
DELETE line
