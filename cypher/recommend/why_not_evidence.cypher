// Why not, by evidence: the paths from a person's allergies to what is in a drink.
/*
Each row is one path drink - ingredient - ... - allergen, with the evidence at its end and the
allergy it concerns. Evidence on the drink itself has a path of one.

mode:    read
returns: stated STRING, allergen STRING, status STRING, source STRING, observedAt STRING,
         proteinMgPerServing FLOAT, doseSource STRING, path LIST<STRING>
:param allergens => ['milk']
:param drinkId => 'flat-white'
*/
UNWIND $allergens AS allergenId
MATCH (stated:Allergen {id: allergenId})
MATCH (stated)<-[:PART_OF*0..]-(member:Allergen)-[:PART_OF*0..]->(allergen:Allergen)
WITH DISTINCT stated, allergen
MATCH route = (drink:Drink {id: $drinkId})-[:CONTAINS|IS_A|MADE_OF*0..]->(part)
MATCH (part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN]->(allergen)
RETURN stated.id AS stated, allergen.id AS allergen, type(evidence) AS status,
       evidence.source AS source, evidence.observedAt AS observedAt,
       evidence.proteinMgPerServing AS proteinMgPerServing, evidence.doseSource AS doseSource,
       [node IN nodes(route) | node.id] AS path
ORDER BY stated, status, allergen, size(path), path, source
LIMIT 200
