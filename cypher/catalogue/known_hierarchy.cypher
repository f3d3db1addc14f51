// Known hierarchy: what each ingredient is or is made of, and who says so.
/*
An import uses it to check that no ingredient is, or is made of, itself.

mode:    read
returns: childId STRING, parentId STRING, source STRING
*/
MATCH (child:Ingredient)-[link:IS_A|MADE_OF]->(parent:Ingredient)
RETURN child.id AS childId, parent.id AS parentId, coalesce(link.source, '') AS source
ORDER BY childId, parentId, source
