// Why not, by void statements: what was declared absent in a drink and no longer counts.
/*
The drink, or a part of it, has changed since. A row is one of the person's allergies that the
statement would have cleared, had it still counted.

mode:    read
returns: stated STRING, allergen STRING, source STRING, observedAt STRING, voidedAt STRING,
         because STRING
:param allergens => ['milk']
:param drinkId => 'flat-white'
*/
UNWIND $allergens AS allergenId
MATCH (stated:Allergen {id: allergenId})
MATCH (stated)-[:PART_OF*0..]->(allergen:Allergen)
WITH DISTINCT stated, allergen
MATCH (:Drink {id: $drinkId})-[was:WAS_FREE_FROM]->(allergen)
RETURN stated.id AS stated, allergen.id AS allergen, was.source AS source,
       was.observedAt AS observedAt, was.voidedAt AS voidedAt, was.because AS because
ORDER BY stated, allergen, source, observedAt
LIMIT 200
