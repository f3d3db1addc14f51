// Add views: what people looked at.
/*
An event that is there already changes nothing, neither itself nor the person's version.

mode:    write
returns:
:param rows => [{userId: 'guest-1', drinkId: 'oat-flat-white', eventId: 'e-1', type: 'view', value: null, at: 1767225600000, context: {context_place: 'bar'}}]
*/
UNWIND $rows AS row
MATCH (user:User {id: row.userId})
MATCH (drink:Drink {id: row.drinkId})
MERGE (user)-[event:VIEWED {eventId: row.eventId}]->(drink)
  ON CREATE SET event.type = row.type, event.value = row.value, event.at = row.at,
                event += row.context, user.version = coalesce(user.version, 0) + 1
