// Erase waiting events: what is about these people and not yet in order.
/*
mode:    write
returns: erased INTEGER
:param ids => ['user-1']
*/
MATCH (event:OutboxEvent)
WHERE event.person IN $ids
DELETE event
RETURN count(*) AS erased
ORDER BY erased
