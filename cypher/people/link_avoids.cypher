// Link avoids: which ingredients, or groups of them, each person avoids.
/*
One that the person chose themselves is left as it is.

mode:    write
returns:
:param rows => [{id: 'guest-1', targetId: 'alcohol'}]
*/
UNWIND $rows AS row
MATCH (user:User {id: row.id})
MATCH (ingredient:Ingredient {id: row.targetId})
MERGE (user)-[avoidance:AVOIDS]->(ingredient)
  ON CREATE SET avoidance.source = 'import'
