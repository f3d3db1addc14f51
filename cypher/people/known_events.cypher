// Known events: which of these events of some people the graph already has.
/*
Each person comes with the event ids as keys of a map, which is dropped before the rows are sorted:
the embedded engine would otherwise count it against its memory with each of them.

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
