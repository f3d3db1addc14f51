// Safety recipes: what is known about the recipes of these drinks as a whole.
/*
`parts` counts the ingredients of a recipe and everything they are or are made of.

mode:    read
returns: drinkId STRING, name STRING, recipeComplete BOOLEAN, parts INTEGER,
         ingredients LIST<MAP>
:param drinkIds => ['negroni', 'flat-white']
*/
UNWIND $drinkIds AS drinkId
MATCH (drink:Drink {id: drinkId})
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WITH drink, collect(DISTINCT part.id) AS parts
RETURN drink.id AS drinkId, coalesce(drink.name, drink.id) AS name,
       coalesce(drink.recipeComplete, false) AS recipeComplete, size(parts) AS parts,
       [(drink)-[:CONTAINS]->(ingredient:Ingredient) | {
         id: ingredient.id, name: coalesce(ingredient.name, ingredient.id),
         source: ingredient.source}] AS ingredients
ORDER BY drinkId
