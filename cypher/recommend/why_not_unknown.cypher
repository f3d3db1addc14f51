// Why not, by what is unknown: the parts of a drink that nobody has reviewed.
/*
A row with an empty path says that the recipe itself is incomplete or empty. For somebody who
`chooses`, by avoiding something or following a diet, no unknown drink is safe.

mode:    read
returns: recipeComplete BOOLEAN, ingredients INTEGER, chooses BOOLEAN, path LIST<STRING>,
         expiredOn STRING
:param chooses => true
:param drinkId => 'flat-white'
*/
MATCH (drink:Drink {id: $drinkId})
OPTIONAL MATCH route = (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WHERE NOT coalesce(part.reviewed, false)
RETURN coalesce(drink.recipeComplete, false) AS recipeComplete,
       COUNT { (drink)-[:CONTAINS]->(:Ingredient) } AS ingredients, $chooses AS chooses,
       CASE WHEN route IS NULL THEN [] ELSE [node IN nodes(route) | node.id] END AS path,
       part.reviewExpiredOn AS expiredOn
ORDER BY size(path), path
LIMIT 50
