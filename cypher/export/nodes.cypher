// Nodes: every node of the graph, people only if requested.
/*
Of people, only those for whom a consent or another ground of analytics holds.

mode:    read
returns: label STRING, id STRING, properties MAP
:param withPeople => false
*/
OPTIONAL MATCH (rules:ConsentRules {id: 'rules'})
WITH rules
MATCH (node)
WHERE NOT node:User
   OR ($withPeople AND coalesce(node.analytics, node.ground IS NOT NULL OR 'analytics' IN rules.assumed, false))
RETURN labels(node)[0] AS label, coalesce(node.id, node.version) AS id,
       properties(node) AS properties
ORDER BY label, id
