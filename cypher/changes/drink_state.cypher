// Drink state: whether a drink exists, and how many ingredients its recipe has.
/*
Run before and after a change to one drink, inside its transaction.

mode:    read
returns: drinkId STRING, ingredients INTEGER
:param drinkId => 'oat-flat-white'
*/
OPTIONAL MATCH (drink:Drink {id: $drinkId})
OPTIONAL MATCH (drink)-[:CONTAINS]->(ingredient:Ingredient)
RETURN drink.id AS drinkId, count(DISTINCT ingredient.id) AS ingredients
