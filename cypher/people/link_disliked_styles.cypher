// Link disliked styles: what each person said.
/*
An existing one is left as it is.

mode:    write
returns:
:param rows => [{id: 'guest-1', targetId: 'sour'}]
*/
UNWIND $rows AS row
MATCH (user:User {id: row.id})
MATCH (style:Style {id: row.targetId})
MERGE (user)-[preference:DISLIKES]->(style)
  ON CREATE SET preference.source = 'import'
