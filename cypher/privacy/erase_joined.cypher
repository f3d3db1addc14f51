// Erase what joined: what merged people did, where it now counts for another.
/*
What the other has declared stays: it is theirs, and an erasure must make nobody less strict.

mode:    write
returns: erased INTEGER
:param ids => ['card-1']
*/
UNWIND $ids AS id
MATCH (gone:User {id: id})-[:MERGED_INTO*1..]->(kept:User)
MATCH (kept)-[event:PURCHASED|RATED|VIEWED|SAVED]->(:Drink)
WHERE id IN coalesce(event.joinedFrom, [])
WITH DISTINCT kept, event
DELETE event
WITH kept, count(*) AS erased
SET kept.version = coalesce(kept.version, 0) + erased
RETURN coalesce(sum(erased), 0) AS erased
ORDER BY erased
