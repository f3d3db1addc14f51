// Move views of a person: what somebody looked at becomes what another did.
/*
Ids and everything known about them stay; `joinedFrom` lists, in order, the people they came from.
Those whose ids are keys of `apart` stay where they are: the other person has the same id. A count
stays with any of its ids. With
`undo`, only those move that last came from the person they move to. Each advances both versions.

mode:    write
returns: moved INTEGER
:param fromId => 'user-1'
:param intoId => 'card-1'
:param apart => {`event-9`: true}
:param undo => false
*/
MATCH (kept:User {id: $intoId})
MATCH (gone:User {id: $fromId})-[event:VIEWED]->(drink:Drink)
WHERE CASE WHEN $undo THEN coalesce(last(coalesce(event.joinedFrom, [])) = $intoId, false)
           ELSE size([id IN coalesce(event.eventIds, [event.eventId])
                    WHERE $apart[id] IS NOT NULL]) = 0 END
WITH kept, gone, event, drink, properties(event) AS said, coalesce(event.joinedFrom, []) AS came
CREATE (kept)-[moved:VIEWED]->(drink)
SET moved += said
SET moved.joinedFrom = CASE WHEN NOT $undo THEN came + $fromId
                            WHEN size(came) < 2 THEN null
                            ELSE came[0..size(came) - 1] END
DELETE event
WITH kept, gone, count(moved) AS moved
SET kept.version = coalesce(kept.version, 0) + moved,
    gone.version = coalesce(gone.version, 0) + moved
RETURN coalesce(sum(moved), 0) AS moved
ORDER BY moved
