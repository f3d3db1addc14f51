// Reviews by sales: the unreviewed ingredients, by the sales of the drinks they block.
/*
`purchases` is the sales at stake: nobody with an allergy is offered these drinks until the
ingredient is reviewed. `what_blocks_most` ranks the same by the number of drinks.

mode:    read
returns: ingredient STRING, name STRING, drinks INTEGER, purchases INTEGER
:param rows => 25
*/
MATCH (drink:Drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WHERE NOT coalesce(part.reviewed, false)
WITH DISTINCT drink, part
OPTIONAL MATCH (:User)-[purchase:PURCHASED]->(drink)
WITH part, drink, sum(CASE WHEN purchase IS NULL THEN 0 ELSE coalesce(purchase.times, 1) END) AS bought
RETURN part.id AS ingredient, part.name AS name, count(drink) AS drinks, sum(bought) AS purchases
ORDER BY purchases DESC, drinks DESC, ingredient
LIMIT $rows
