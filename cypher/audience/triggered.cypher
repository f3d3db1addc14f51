// Triggered: what was triggered for a person since a moment, newest first.
/*
mode:    read
returns: triggerId STRING, id STRING, at INTEGER, until INTEGER, drinkId STRING
:param userId => 'user-1'
:param since => 1767225600000
:param most => 100
*/
MATCH (user:User {id: $userId})-[fired:TRIGGERED]->(trigger:Trigger)
WHERE fired.at >= $since
RETURN trigger.id AS triggerId, fired.id AS id, fired.at AS at, fired.until AS until,
       fired.drinkId AS drinkId
ORDER BY at DESC, id
LIMIT $most
