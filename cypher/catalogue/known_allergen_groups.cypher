// Known allergen groups: which allergen is part of which.
/*
An import uses it to check that no allergen becomes a part of itself.

mode:    read
returns: childId STRING, parentId STRING
*/
MATCH (child:Allergen)-[:PART_OF]->(parent:Allergen)
RETURN child.id AS childId, parent.id AS parentId
ORDER BY childId, parentId
