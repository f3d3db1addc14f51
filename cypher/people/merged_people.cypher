// Merged people: who each of these people was merged into, step by step.
/*
The people they were merged into are locked until the transaction ends. What is done under the id of
a merged person belongs to the last of them.

mode:    write
returns: id STRING, intoId STRING
:param ids => ['card-2']
*/
UNWIND $ids AS asked
MATCH (start:User {id: asked})-[:MERGED_INTO*0..]->(gone:User)
MATCH (gone)-[:MERGED_INTO]->(kept:User)
SET kept.version = coalesce(kept.version, 0)
RETURN DISTINCT gone.id AS id, kept.id AS intoId
ORDER BY id
