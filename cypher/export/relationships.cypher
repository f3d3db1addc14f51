// Relationships: every relationship of the graph, those of people only if requested.
/*
mode:    read
returns: type STRING, fromLabel STRING, fromId STRING, toLabel STRING, toId STRING, properties MAP
:param withPeople => false
*/
MATCH (one)-[relation]->(other)
WHERE $withPeople OR NOT one:User
RETURN type(relation) AS type, labels(one)[0] AS fromLabel,
       coalesce(one.id, one.version) AS fromId, labels(other)[0] AS toLabel,
       coalesce(other.id, other.version) AS toId, properties(relation) AS properties
ORDER BY type, fromLabel, fromId, toLabel, toId
