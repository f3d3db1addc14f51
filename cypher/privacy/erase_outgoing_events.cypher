// Erase outgoing events: what is about these people and not yet told to everybody.
/*
mode:    write
returns: erased INTEGER
:param ids => ['user-1']
*/
MATCH (event:OutgoingEvent)
WHERE event.person IN $ids
DELETE event
RETURN count(*) AS erased
ORDER BY erased
