// Link style groups: which style is part of which.
/*
Both must exist already.

mode:    write
returns:
:param rows => [{id: 'ipa', parentId: 'ale'}]
*/
UNWIND $rows AS row
MATCH (child:Style {id: row.id})
MATCH (parent:Style {id: row.parentId})
MERGE (child)-[:PART_OF]->(parent)
