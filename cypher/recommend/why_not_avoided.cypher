// Why not, by choice: the paths from a drink to what a person avoids.
/*
mode:    read
returns: avoided STRING, path LIST<STRING>
:param avoids => ['gin']
:param drinkId => 'negroni'
*/
UNWIND $avoids AS avoidedId
MATCH (avoided:Ingredient {id: avoidedId})
MATCH route = (drink:Drink {id: $drinkId})-[:CONTAINS|IS_A|MADE_OF*1..]->(avoided)
RETURN avoided.id AS avoided, [node IN nodes(route) | node.id] AS path
ORDER BY avoided, size(path), path
LIMIT 50
