// Add likes of styles: what a person likes beyond single drinks.
/*
mode:    write
returns: targetId STRING
:param userId => 'user-1'
:param ids => ['sour']
*/
UNWIND $ids AS id
MATCH (user:User {id: $userId})
MATCH (target:Style {id: id})
MERGE (user)-[:LIKES]->(target)
RETURN target.id AS targetId
ORDER BY targetId
