// Common events: ids under which two people each have an event.
/*
Ids count for one person: a till may mean the same event for both, or another.

mode:    read
returns: eventId STRING
:param fromId => 'card-1'
:param intoId => 'user-1'
*/
UNWIND [$fromId, $intoId] AS id
MATCH (user:User {id: id})-[event:PURCHASED|RATED|VIEWED|SAVED]->(:Drink)
UNWIND coalesce(event.eventIds, [event.eventId]) AS eventId
WITH eventId, count(DISTINCT user.id) AS people
WHERE people = 2
RETURN eventId AS eventId
ORDER BY eventId
