// Doubt merged people: rows about merged people say something new that was not taken over.
/*
The person they were merged into is offered nothing until they declare it themselves.

mode:    write
returns: id STRING, intoId STRING
:param rows => [{id: 'card-1', fingerprint: 'f2', text: 'row: a row about card-1 changed after it was merged'}]
*/
UNWIND $rows AS row
MATCH (gone:User {id: row.id})-[:MERGED_INTO*1..]->(kept:User)
WHERE NOT EXISTS { MATCH (kept)-[:MERGED_INTO]->(:User) }
SET gone.fingerprint = row.fingerprint, kept.version = coalesce(kept.version, 0) + 1,
    kept.unresolved = [text IN coalesce(kept.unresolved, []) WHERE text <> row.text] + row.text
RETURN gone.id AS id, kept.id AS intoId
ORDER BY id
