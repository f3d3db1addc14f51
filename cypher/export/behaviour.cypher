// Behaviour: what some people did with drinks.
/*
`userId` and `drinkId` are those that the event was sent with, also where they have been merged into
others since.

mode:    read
returns: userId STRING, drinkId STRING, eventId STRING, type STRING, value FLOAT, at INTEGER,
         said MAP
:param ids => ['user-1']
*/
MATCH (user:User)-[event:PURCHASED|RATED|VIEWED|SAVED]->(drink:Drink)
WHERE user.id IN $ids
RETURN coalesce(event.joinedFrom[0], user.id) AS userId,
       coalesce(event.mergedFrom[0], drink.id) AS drinkId,
       event.eventId AS eventId, event.type AS type, event.value AS value, event.at AS at,
       properties(event) AS said
ORDER BY userId, eventId
