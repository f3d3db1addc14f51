// Link groups: which ingredient is a kind of which.
/*
Both must exist already. The source shows whose statement it is.

mode:    write
returns:
:param rows => [{id: 'butter', parentId: 'cream'}]
:param source => 'operator'
*/
UNWIND $rows AS row
MATCH (ingredient:Ingredient {id: row.id})
MATCH (parent:Ingredient {id: row.parentId})
MERGE (ingredient)-[:IS_A {source: $source}]->(parent)
