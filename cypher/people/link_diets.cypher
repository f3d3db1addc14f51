// Link people's diets: which diets each person follows.
/*
One that the person chose themselves is left as it is.

mode:    write
returns:
:param rows => [{id: 'guest-1', targetId: 'halal'}]
*/
UNWIND $rows AS row
MATCH (user:User {id: row.id})
MATCH (diet:Diet {id: row.targetId})
MERGE (user)-[follows:FOLLOWS]->(diet)
  ON CREATE SET follows.source = 'import'
