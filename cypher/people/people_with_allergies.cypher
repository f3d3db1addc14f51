// People with allergies: those who declared several, with all that decides what is safe for them.
/*
Everybody whose profile is `sealed` is among them: how many allergies they have, only the service
can tell.

mode:    read
returns: userId STRING, sealed LIST<STRING>, unresolved LIST<STRING>, maxAbv FLOAT, maxCaffeine FLOAT,
         allergies LIST<MAP>, avoids LIST<STRING>, diets LIST<STRING>
:param fewest => 1
:param most => 1000
*/
MATCH (user:User)
WHERE user.sealed IS NOT NULL OR EXISTS { (user)-[:ALLERGIC_TO]->(:Allergen) }
WITH user, COUNT { (user)-[:ALLERGIC_TO]->(:Allergen) } AS allergies
WHERE user.sealed IS NOT NULL OR allergies >= $fewest
RETURN user.id AS userId, coalesce(user.sealed, []) AS sealed, coalesce(user.unresolved, []) AS unresolved, user.maxAbv AS maxAbv,
       user.maxCaffeineMgPer100ml AS maxCaffeine,
       [(user)-[allergy:ALLERGIC_TO]->(allergen:Allergen) |
         {allergen: allergen.id, severity: allergy.severity,
          acceptsTraces: allergy.acceptsTraces}] AS allergies,
       [(user)-[:AVOIDS]->(ingredient:Ingredient) | ingredient.id] AS avoids,
       [(user)-[:FOLLOWS]->(diet:Diet) | diet.id] AS diets
ORDER BY userId
LIMIT $most
