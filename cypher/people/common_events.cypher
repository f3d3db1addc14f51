// Common events: ids under which two people have an event each.
/*
Ids count for one person: with both a till may mean the same event, or another.

mode:    read
returns: eventId STRING
:param fromId => 'card-1'
:param intoId => 'user-1'
*/
UNWIND [$fromId, $intoId] AS id
MATCH (user:User {id: id})-[event:PURCHASED|RATED|VIEWED|SAVED]->(:Drink)
WITH event.eventId AS eventId, count(DISTINCT user.id) AS people
WHERE people = 2
RETURN eventId AS eventId
ORDER BY eventId
