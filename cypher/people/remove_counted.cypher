// Remove the counted: events of a person that are kept as counts from now on.
/*
`events` has the drink by event id.

mode:    write
returns: removed INTEGER
:param userId => 'user-1'
:param events => {`event-1`: 'flat-white'}
*/
MATCH (user:User {id: $userId})-[event:PURCHASED|VIEWED|SAVED]->(drink:Drink)
WHERE $events[event.eventId] = drink.id
DELETE event
RETURN count(*) AS removed
ORDER BY removed
