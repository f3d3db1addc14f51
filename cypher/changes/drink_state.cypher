// Drink state: whether a drink is there, and how many ingredients its recipe has.
/*
Asked before and after a change of one drink, inside its transaction.

mode:    read
returns: drinkId STRING, ingredients INTEGER
:param drinkId => 'oat-flat-white'
*/
OPTIONAL MATCH (drink:Drink {id: $drinkId})
OPTIONAL MATCH (drink)-[:CONTAINS]->(ingredient:Ingredient)
RETURN drink.id AS drinkId, count(DISTINCT ingredient.id) AS ingredients
