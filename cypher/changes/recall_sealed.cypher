// Recall people, sealed: everybody whose profile is sealed, for the service to count.
/*
Whether they are allergic only the service can tell. `had` says that they bought, saved or were
recommended a drink that the recall is about; `related` are the allergen, the groups above it and
what is below.

mode:    read
returns: userId STRING, sealed LIST<STRING>, had BOOLEAN, simulated BOOLEAN, related LIST<STRING>
:param drinkId => null
:param ingredientId => 'butter'
:param allergenId => 'milk'
*/
MATCH (:Allergen {id: $allergenId})<-[:PART_OF*0..]-(:Allergen)-[:PART_OF*0..]->(relative:Allergen)
WITH collect(DISTINCT relative.id) AS related
OPTIONAL MATCH (drink:Drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(:Ingredient {id: coalesce($ingredientId, '')})
WITH related, collect(DISTINCT drink.id) + [coalesce($drinkId, '')] AS drinkIds
MATCH (user:User)
WHERE user.sealed IS NOT NULL
RETURN user.id AS userId, user.sealed AS sealed,
       size([(user)-[:PURCHASED|SAVED|RECOMMENDED]->(had:Drink) WHERE had.id IN drinkIds | had.id]) > 0 AS had,
       coalesce(user.simulated, false) AS simulated, related
ORDER BY userId
