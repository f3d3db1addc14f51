// Known events: which of these events of a person the graph has already.
/*
mode:    read
returns: eventId STRING, drinkId STRING, type STRING
:param userId => 'user-1'
:param eventIds => ['event-1']
*/
MATCH (user:User {id: $userId})-[event:PURCHASED|RATED|VIEWED|SAVED]->(drink:Drink)
WHERE event.eventId IN $eventIds
RETURN event.eventId AS eventId, drink.id AS drinkId, event.type AS type
ORDER BY eventId, drinkId
