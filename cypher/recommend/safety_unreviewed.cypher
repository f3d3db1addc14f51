// Safety unreviewed: the paths from these drinks to the parts that nobody has reviewed.
/*
mode:    read
returns: drinkId STRING, path LIST<STRING>, names LIST<STRING>, expiredOn STRING
:param drinkIds => ['negroni', 'flat-white']
*/
UNWIND $drinkIds AS drinkId
MATCH route = (drink:Drink {id: drinkId})-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WHERE NOT coalesce(part.reviewed, false)
RETURN drink.id AS drinkId, [node IN nodes(route) | node.id] AS path,
       [node IN nodes(route) | coalesce(node.name, node.id)] AS names,
       part.reviewExpiredOn AS expiredOn
ORDER BY drinkId, size(path), path
