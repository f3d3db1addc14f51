// Ingredients: what they are, what they are made of, and the evidence about them.
/*
mode:    read
returns: id STRING, name STRING, reviewed BOOLEAN, dietsReviewed BOOLEAN, changedAt INTEGER, parents LIST<STRING>,
         contains LIST<STRING>, mayContain LIST<STRING>, flavors LIST<STRING>
*/
MATCH (ingredient:Ingredient)
RETURN ingredient.id AS id, ingredient.name AS name, ingredient.reviewed AS reviewed,
       ingredient.dietsReviewed AS dietsReviewed, ingredient.changedAt AS changedAt,
       [(ingredient)-[:IS_A|MADE_OF]->(parent:Ingredient) | parent.id] AS parents,
       [(ingredient)-[:HAS_ALLERGEN]->(allergen:Allergen) | allergen.id] AS contains,
       [(ingredient)-[:MAY_CONTAIN]->(allergen:Allergen) | allergen.id] AS mayContain,
       [(ingredient)-[:HAS_FLAVOR]->(flavor:Flavor) | flavor.id] AS flavors
ORDER BY id
