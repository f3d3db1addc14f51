// Relationships: every relationship of the graph, those of people only if requested.
/*
Of people, only those for whom a consent or another ground of analytics holds.

mode:    read
returns: type STRING, fromLabel STRING, fromId STRING, toLabel STRING, toId STRING, properties MAP
:param withPeople => false
*/
OPTIONAL MATCH (rules:ConsentRules {id: 'rules'})
WITH rules
MATCH (one)-[relation]->(other)
WHERE NOT one:User
   OR ($withPeople AND coalesce(one.analytics, one.ground IS NOT NULL OR 'analytics' IN rules.assumed, false)
       AND (NOT other:User
            OR coalesce(other.analytics, other.ground IS NOT NULL OR 'analytics' IN rules.assumed, false)))
RETURN type(relation) AS type, labels(one)[0] AS fromLabel,
       coalesce(one.id, one.version) AS fromId, labels(other)[0] AS toLabel,
       coalesce(other.id, other.version) AS toId, properties(relation) AS properties
ORDER BY type, fromLabel, fromId, toLabel, toId
