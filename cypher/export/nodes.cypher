// Nodes: every node of the graph, people only if requested.
/*
mode:    read
returns: label STRING, id STRING, properties MAP
:param withPeople => false
*/
MATCH (node)
WHERE $withPeople OR NOT node:User
RETURN labels(node)[0] AS label, coalesce(node.id, node.version) AS id,
       properties(node) AS properties
ORDER BY label, id
