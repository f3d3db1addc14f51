// Drink names: what drinks are called, so that those of one name can be compared.
/*
Drinks that were merged into others are left out.

mode:    read
returns: id STRING, name STRING
*/
MATCH (drink:Drink)
WHERE size([(drink)-[:MERGED_INTO]->(kept:Drink) | kept.id]) = 0
WITH drink
ORDER BY drink.id
RETURN drink.id AS id, coalesce(drink.name, drink.id) AS name
