// Add saves: what people kept for later.
/*
The events are new: the same transaction has looked up which the graph already has. Each advances
the person's version.

mode:    write
returns: added INTEGER
:param rows => [{userId: 'guest-1', drinkId: 'oat-flat-white', eventId: 'e-1', type: 'save', value: null, at: 1767225600000, context: {context_place: 'bar'}}]
*/
UNWIND $rows AS row
MATCH (user:User {id: row.userId})
MATCH (drink:Drink {id: row.drinkId})
CREATE (user)-[event:SAVED {
  eventId: row.eventId, type: row.type, value: row.value, at: row.at,
  mergedFrom: row.mergedFrom, joinedFrom: row.joinedFrom}]->(drink)
FOREACH (context IN CASE WHEN size(keys(row.context)) > 0 THEN [row.context] ELSE [] END |
  SET event += context)
WITH user, count(event) AS added
SET user.version = coalesce(user.version, 0) + added
RETURN coalesce(sum(added), 0) AS added
ORDER BY added
