// Flavors: names and groups.
/*
mode:    read
returns: id STRING, name STRING, groups LIST<STRING>
*/
MATCH (flavor:Flavor)
RETURN flavor.id AS id, flavor.name AS name,
       [(flavor)-[:PART_OF]->(parent:Flavor) | parent.id] AS groups
ORDER BY id
