// Unsafe contacts: who bought, saved or was recommended drinks that a change is about.
/*
Simulated people do not count, nor people who have
declared nothing: nothing is unsafe for them.

mode:    read
returns: userId STRING, sealed LIST<STRING>, drinkIds LIST<STRING>
:param drinkIds => ['flat-white']
:param ingredientIds => ['butter']
:param most => 5000
*/
OPTIONAL MATCH (part:Ingredient)<-[:CONTAINS|IS_A|MADE_OF*1..]-(holder:Drink)
WHERE part.id IN $ingredientIds
WITH collect(DISTINCT holder.id) + $drinkIds AS ids
MATCH (drink:Drink)
WHERE drink.id IN ids
MATCH (user:User)-[:PURCHASED|SAVED|RECOMMENDED]->(drink)
WHERE (user.allergiesDeclaredAt IS NOT NULL OR user.sealed IS NOT NULL)
  AND NOT coalesce(user.simulated, false)
WITH DISTINCT user.id AS userId, coalesce(user.sealed, []) AS sealed, drink.id AS drinkId
ORDER BY drinkId, userId
LIMIT $most
RETURN userId AS userId, sealed, collect(drinkId) AS drinkIds
ORDER BY userId
