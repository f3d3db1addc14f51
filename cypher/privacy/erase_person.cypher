// Erase a person: their node, and every relationship that touches it.
/*
No row if the graph has never seen them.

mode:    write
returns: userId STRING, relationships INTEGER
:param userId => 'user-1'
*/
MATCH (user:User {id: $userId})
OPTIONAL MATCH (user)-[link]-()
WITH user, count(link) AS relationships
DETACH DELETE user
RETURN $userId AS userId, relationships
