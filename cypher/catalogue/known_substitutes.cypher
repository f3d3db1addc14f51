// Known substitutes: what replaces which ingredient, and who says so.
/*
mode:    read
returns: id STRING, substituteId STRING, note STRING, source STRING
*/
MATCH (ingredient:Ingredient)-[link:REPLACED_BY]->(substitute:Ingredient)
RETURN ingredient.id AS id, substitute.id AS substituteId, link.note AS note,
       coalesce(link.source, '') AS source
ORDER BY id, substituteId
