// Diets: the groups of ingredients that each avoids, and its limits.
/*
mode:    read
returns: id STRING, name STRING, description STRING, source STRING, avoids LIST<STRING>,
         maxAbv FLOAT, maxCaffeine FLOAT
*/
MATCH (diet:Diet)
RETURN diet.id AS id, diet.name AS name, diet.description AS description, diet.source AS source,
       [(diet)-[:AVOIDS]->(ingredient:Ingredient) | ingredient.id] AS avoids,
       diet.maxAbv AS maxAbv, diet.maxCaffeineMgPer100ml AS maxCaffeine
ORDER BY id
