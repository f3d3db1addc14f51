// People with allergies: those who declared several, with all that decides what is safe for them.
/*
mode:    read
returns: userId STRING, unresolved LIST<STRING>, maxAbv FLOAT, maxCaffeine FLOAT,
         allergies LIST<MAP>, avoids LIST<STRING>, diets LIST<STRING>
:param fewest => 1
:param most => 1000
*/
MATCH (user:User)-[declared:ALLERGIC_TO]->(:Allergen)
WITH user, count(declared) AS allergies
WHERE allergies >= $fewest
RETURN user.id AS userId, coalesce(user.unresolved, []) AS unresolved, user.maxAbv AS maxAbv,
       user.maxCaffeineMgPer100ml AS maxCaffeine,
       [(user)-[allergy:ALLERGIC_TO]->(allergen:Allergen) |
         {allergen: allergen.id, severity: allergy.severity,
          acceptsTraces: allergy.acceptsTraces}] AS allergies,
       [(user)-[:AVOIDS]->(ingredient:Ingredient) | ingredient.id] AS avoids,
       [(user)-[:FOLLOWS]->(diet:Diet) | diet.id] AS diets
ORDER BY userId
LIMIT $most
