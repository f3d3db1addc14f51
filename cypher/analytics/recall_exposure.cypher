// Recall exposure: the ingredients whose loss would hit sales most.
/*
`drinks` contain the ingredient, at any depth, and `share` is their share of all purchases. Only
what is named in a recipe has a row: nobody recalls "alcoholic beverages".

mode:    read
returns: ingredient STRING, name STRING, drinks INTEGER, purchases INTEGER, share FLOAT
:param rows => 25
*/
MATCH (:User)-[purchase:PURCHASED]->(:Drink)
WITH sum(coalesce(purchase.times, 1)) AS sales
MATCH (drink:Drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WHERE EXISTS { (:Drink)-[:CONTAINS]->(part) }
WITH DISTINCT sales, drink, part
OPTIONAL MATCH (:User)-[purchase:PURCHASED]->(drink)
WITH sales, part, drink, sum(CASE WHEN purchase IS NULL THEN 0 ELSE coalesce(purchase.times, 1) END) AS bought
WITH sales, part, count(drink) AS drinks, sum(bought) AS purchases
WHERE purchases > 0
RETURN part.id AS ingredient, part.name AS name, drinks, purchases,
       toFloat(purchases) / sales AS share
ORDER BY purchases DESC, drinks DESC, ingredient
LIMIT $rows
