// Move impressions: that people were recommended one drink becomes about another.
/*
Ids and everything known about them stay; `mergedFrom` lists, in order, the drinks they came from.
With `undo`, only those move that last came from the drink they move to. Each advances the person's
version.

mode:    write
returns: moved INTEGER
:param fromId => 'flat-white'
:param intoId => 'oat-flat-white'
:param undo => false
*/
MATCH (kept:Drink {id: $intoId})
MATCH (gone:Drink {id: $fromId})<-[event:RECOMMENDED]-(user:User)
WHERE NOT $undo OR last(coalesce(event.mergedFrom, [])) = $intoId
WITH kept, event, user, properties(event) AS said, coalesce(event.mergedFrom, []) AS came
CREATE (user)-[moved:RECOMMENDED]->(kept)
SET moved += said
SET moved.mergedFrom = CASE WHEN NOT $undo THEN came + $fromId
                            WHEN size(came) < 2 THEN null
                            ELSE came[0..size(came) - 1] END
DELETE event
WITH user, count(moved) AS moved
SET user.version = coalesce(user.version, 0) + moved
RETURN coalesce(sum(moved), 0) AS moved
ORDER BY moved
