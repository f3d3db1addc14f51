// Link liked flavors: what each person said.
/*
An existing one is left as it is.

mode:    write
returns:
:param rows => [{id: 'guest-1', targetId: 'citrus'}]
*/
UNWIND $rows AS row
MATCH (user:User {id: row.id})
MATCH (flavor:Flavor {id: row.targetId})
MERGE (user)-[preference:LIKES]->(flavor)
  ON CREATE SET preference.source = 'import'
