// Known flavor groups: which flavor is part of which.
/*
An import uses it to check that no flavor becomes a part of itself.

mode:    read
returns: childId STRING, parentId STRING
*/
MATCH (child:Flavor)-[:PART_OF]->(parent:Flavor)
RETURN child.id AS childId, parent.id AS parentId
ORDER BY childId, parentId
