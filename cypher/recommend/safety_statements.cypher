// Safety statements: every statement about these allergens in these drinks, with its path.
/*
One row for each path drink - ingredient - ... - allergen; a statement on the drink itself has a
path of two. A statement of absence covers an allergen if it is about that one or a group above it;
a void one (WAS_FREE_FROM) never counts. Which of the others count is for the rule to say; how much
protein a serving is said to have decides nothing.

mode:    read
returns: drinkId STRING, asked STRING, status STRING, allergen STRING, source STRING,
         observedAt STRING, proteinMgPerServing FLOAT, doseSource STRING, voidedAt STRING,
         because STRING, path LIST<STRING>, names LIST<STRING>
:param drinkIds => ['oat-flat-white', 'flat-white']
:param allergenIds => ['milk', 'almond']
*/
UNWIND $drinkIds AS drinkId
MATCH route = (drink:Drink {id: drinkId})-[:CONTAINS|IS_A|MADE_OF*0..]->(part)
MATCH (part)-[evidence:HAS_ALLERGEN|MAY_CONTAIN|FREE_FROM|WAS_FREE_FROM]->(found:Allergen)
MATCH (found)<-[:PART_OF*0..]-(member:Allergen)-[:PART_OF*0..]->(asked:Allergen)
WHERE asked.id IN $allergenIds
  AND (NOT type(evidence) IN ['FREE_FROM', 'WAS_FREE_FROM']
       OR found.id IN [(asked)-[:PART_OF*0..]->(group:Allergen) | group.id])
WITH DISTINCT drink, asked, evidence, found, route
RETURN drink.id AS drinkId, asked.id AS asked, type(evidence) AS status, found.id AS allergen,
       evidence.source AS source, evidence.observedAt AS observedAt,
       evidence.proteinMgPerServing AS proteinMgPerServing, evidence.doseSource AS doseSource,
       evidence.voidedAt AS voidedAt, evidence.because AS because,
       [node IN nodes(route) | node.id] + [found.id] AS path,
       [node IN nodes(route) | coalesce(node.name, node.id)]
         + [coalesce(found.name, found.id)] AS names
ORDER BY drinkId, asked, status, size(path), path, source
