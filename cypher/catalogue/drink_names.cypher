// Drink names: what shows that two drinks may be the same.
/*
Drinks that were merged into others are left out.

mode:    read
returns: id STRING, name STRING, kind STRING, producers LIST<STRING>, ingredients LIST<STRING>
*/
MATCH (drink:Drink)
WHERE size([(drink)-[:MERGED_INTO]->(kept:Drink) | kept.id]) = 0
RETURN drink.id AS id, coalesce(drink.name, drink.id) AS name, drink.kind AS kind,
       [(drink)-[:MADE_BY]->(producer:Producer) | producer.id] AS producers,
       [(drink)-[:CONTAINS]->(ingredient:Ingredient) | ingredient.id] AS ingredients
ORDER BY id
