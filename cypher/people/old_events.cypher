// Old events: what some people did before a moment, with all that is known of it.
/*
Opinions are left out: each has a value of its own, and the latest decides.

mode:    read
returns: userId STRING, drinkId STRING, said MAP
:param ids => ['user-1']
:param before => 1767225700000
*/
MATCH (user:User)-[event:PURCHASED|VIEWED|SAVED]->(drink:Drink)
WHERE user.id IN $ids AND event.at < $before
RETURN user.id AS userId, drink.id AS drinkId, properties(event) AS said
ORDER BY userId, drinkId, event.eventId
