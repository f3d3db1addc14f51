// Drop delivered events: what every sink that is on has had, some at once.
/*
mode:    write
returns: dropped INTEGER
:param until => 5
:param most => 5000
*/
MATCH (event:OutgoingEvent)
WHERE event.position <= $until
WITH event
ORDER BY event.position
LIMIT $most
DELETE event
RETURN count(*) AS dropped
ORDER BY dropped
