// Links of a person: every relationship that touches their node, whatever its type and direction.
/*
No type is named, so a new one appears without a change here.

mode:    read
returns: type STRING, outgoing BOOLEAN, labels LIST<STRING>, otherId STRING, otherName STRING,
         properties MAP
:param userId => 'user-1'
*/
MATCH (user:User {id: $userId})-[link]-(other)
RETURN type(link) AS type, startNode(link).id = user.id AS outgoing, labels(other) AS labels,
       coalesce(other.id, other.version) AS otherId, other.name AS otherName,
       properties(link) AS properties
ORDER BY type, outgoing, otherId, coalesce(link.eventId, '')
