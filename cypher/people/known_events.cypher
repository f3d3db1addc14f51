// Known events: which of these events of some people the graph already has.
/*
A count has the ids of all its events. Each person comes with the event ids as keys of a map, which
is dropped before the rows are sorted: the embedded engine would otherwise count it against its
memory with each of them.

mode:    read
returns: userId STRING, eventId STRING, drinkId STRING, type STRING
:param people => [{id: 'user-1', events: {`event-1`: true}}]
*/
UNWIND $people AS person
MATCH (user:User {id: person.id})-[event:PURCHASED|RATED|VIEWED|SAVED]->(drink:Drink)
WHERE person.events[event.eventId] IS NOT NULL OR event.eventIds IS NOT NULL
WITH user.id AS userId, drink.id AS drinkId, event.type AS type,
     [id IN coalesce(event.eventIds, [event.eventId]) WHERE person.events[id] IS NOT NULL] AS ids
UNWIND ids AS eventId
WITH userId, eventId, drinkId, type
RETURN userId AS userId, eventId AS eventId, drinkId AS drinkId, type AS type
ORDER BY userId, eventId, drinkId
