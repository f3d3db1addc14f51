// Sold but never recommended: what people buy although the service never offers it.
/*
`known` says whether the recipe is complete and reviewed all the way down; if it is not, nobody with
an allergy can be offered the drink. Offers are remembered only for some days.

mode:    read
returns: drink STRING, name STRING, kind STRING, purchases INTEGER, known BOOLEAN
:param rows => 50
*/
MATCH (:User)-[purchase:PURCHASED]->(drink:Drink)
WITH drink, sum(coalesce(purchase.times, 1)) AS purchases
WHERE NOT EXISTS { (:User)-[:RECOMMENDED]->(drink) }
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WITH drink, purchases, collect(DISTINCT part) AS parts
RETURN drink.id AS drink, drink.name AS name, drink.kind AS kind, purchases,
       coalesce(drink.recipeComplete, false) AND size(parts) > 0
         AND all(part IN parts WHERE coalesce(part.reviewed, false)) AS known
ORDER BY purchases DESC, drink
LIMIT $rows
