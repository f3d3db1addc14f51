// Known events: which of these events of some people the graph has already.
/*
Each person comes with the ids of events as the keys of a map, which is let go before the rows are
put in order: the embedded engine would count it with each of them against its memory.

mode:    read
returns: userId STRING, eventId STRING, drinkId STRING, type STRING
:param people => [{id: 'user-1', events: {`event-1`: true}}]
*/
UNWIND $people AS person
MATCH (user:User {id: person.id})-[event:PURCHASED|RATED|VIEWED|SAVED]->(drink:Drink)
WHERE person.events[event.eventId] IS NOT NULL
WITH user.id AS userId, event.eventId AS eventId, drink.id AS drinkId, event.type AS type
RETURN userId AS userId, eventId AS eventId, drinkId AS drinkId, type AS type
ORDER BY userId, eventId, drinkId
