// Erase people: their nodes, and every relationship that touches them.
/*
There is no row for people new to the graph. A relationship between two of them counts once.

mode:    write
returns: userId STRING, relationships INTEGER
:param ids => ['user-1']
*/
UNWIND $ids AS id
MATCH (user:User {id: id})
OPTIONAL MATCH (user)-[link]-()
WITH user, id,
     count(CASE WHEN startNode(link).id <> id AND startNode(link).id IN $ids THEN null
                ELSE link END) AS relationships
DETACH DELETE user
RETURN id AS userId, relationships
ORDER BY userId
