// Link allergen groups: which allergen is part of which.
/*
Both must exist already.

mode:    write
returns:
:param rows => [{id: 'almond', parentId: 'tree-nuts'}]
*/
UNWIND $rows AS row
MATCH (child:Allergen {id: row.id})
MATCH (parent:Allergen {id: row.parentId})
MERGE (child)-[:PART_OF]->(parent)
