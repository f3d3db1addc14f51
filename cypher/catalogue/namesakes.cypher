// Namesakes: what shows whether drinks of one name are the same.
/*
mode:    read
returns: id STRING, name STRING, kind STRING, producers LIST<STRING>, ingredients LIST<STRING>
:param ids => ['flat-white', 'oat-flat-white']
*/
UNWIND $ids AS id
MATCH (drink:Drink {id: id})
RETURN drink.id AS id, coalesce(drink.name, drink.id) AS name, drink.kind AS kind,
       [(drink)-[:MADE_BY]->(producer:Producer) | producer.id] AS producers,
       [(drink)-[:CONTAINS]->(ingredient:Ingredient) | ingredient.id] AS ingredients
ORDER BY id
