// Known style groups: which style is part of which.
/*
An import uses it to check that no style becomes a part of itself.

mode:    read
returns: childId STRING, parentId STRING
*/
MATCH (child:Style)-[:PART_OF]->(parent:Style)
RETURN child.id AS childId, parent.id AS parentId
ORDER BY childId, parentId
