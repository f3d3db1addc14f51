// Add dislikes of flavors: what a person dislikes beyond single drinks.
/*
mode:    write
returns: targetId STRING
:param userId => 'user-1'
:param ids => ['citrus']
*/
UNWIND $ids AS id
MATCH (user:User {id: $userId})
MATCH (target:Flavor {id: id})
MERGE (user)-[:DISLIKES]->(target)
RETURN target.id AS targetId
ORDER BY targetId
