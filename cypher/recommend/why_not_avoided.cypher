// Why not, by choice: the paths from a drink to what a person avoids.
/*
mode:    read
returns: avoided STRING, path LIST<STRING>
:param userId => 'simulated-0001'
:param drinkId => 'negroni'
*/
MATCH (user:User {id: $userId})-[:AVOIDS]->(avoided:Ingredient)
MATCH route = (drink:Drink {id: $drinkId})-[:CONTAINS|IS_A|MADE_OF*1..]->(avoided)
RETURN avoided.id AS avoided, [node IN nodes(route) | node.id] AS path
ORDER BY avoided, size(path), path
LIMIT 50
