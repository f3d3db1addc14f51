// Link liked ingredients: what each person said.
/*
An existing one is left as it is.

mode:    write
returns:
:param rows => [{id: 'guest-1', targetId: 'ginger'}]
*/
UNWIND $rows AS row
MATCH (user:User {id: row.id})
MATCH (ingredient:Ingredient {id: row.targetId})
MERGE (user)-[preference:LIKES]->(ingredient)
  ON CREATE SET preference.source = 'import'
