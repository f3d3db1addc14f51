// Add purchases: what people bought.
/*
The events are new: the same transaction has looked up which the graph already has. Each advances
the person's version.

mode:    write
returns: added INTEGER
:param rows => [{userId: 'guest-1', drinkId: 'oat-flat-white', eventId: 'e-1', type: 'purchase', value: 2.0, at: 1767225600000, context: {context_place: 'bar'}}]
*/
UNWIND $rows AS row
MATCH (user:User {id: row.userId})
MATCH (drink:Drink {id: row.drinkId})
CREATE (user)-[event:PURCHASED {eventId: row.eventId}]->(drink)
SET event.type = row.type, event.value = row.value, event.at = row.at, event += row.context,
    event.mergedFrom = row.mergedFrom, event.joinedFrom = row.joinedFrom
WITH user, count(event) AS added
SET user.version = coalesce(user.version, 0) + added
RETURN coalesce(sum(added), 0) AS added
ORDER BY added
