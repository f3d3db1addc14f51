// Allergens: their groups, and the regulations that list them.
/*
mode:    read
returns: id STRING, name STRING, groups LIST<STRING>, regulations LIST<STRING>
*/
MATCH (allergen:Allergen)
RETURN allergen.id AS id, allergen.name AS name,
       [(allergen)-[:PART_OF]->(parent:Allergen) | parent.id] AS groups,
       [(regulation:Regulation)-[:LISTS]->(allergen) | regulation.id] AS regulations
ORDER BY id
