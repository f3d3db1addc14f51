// Link flavor groups: which flavor is part of which.
/*
Both must exist already.

mode:    write
returns:
:param rows => [{id: 'lemony', parentId: 'citrus'}]
*/
UNWIND $rows AS row
MATCH (child:Flavor {id: row.id})
MATCH (parent:Flavor {id: row.parentId})
MERGE (child)-[:PART_OF]->(parent)
