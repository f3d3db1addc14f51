// Recipes of drinks: what is in each drink, and how much.
/*
mode:    read
returns: drinkId STRING, ingredientId STRING, ingredient STRING, amount FLOAT, unit STRING,
         optional BOOLEAN, reviewed BOOLEAN
:param drinkIds => ['negroni']
*/
MATCH (drink:Drink)-[contains:CONTAINS]->(ingredient:Ingredient)
WHERE drink.id IN $drinkIds
RETURN drink.id AS drinkId, ingredient.id AS ingredientId, ingredient.name AS ingredient,
       contains.amount AS amount, contains.unit AS unit, contains.optional AS optional,
       ingredient.reviewed AS reviewed
ORDER BY drinkId, ingredientId
