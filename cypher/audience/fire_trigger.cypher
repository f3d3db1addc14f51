// Fire a trigger: note that it was triggered for a person, by which event, and until when it holds.
/*
The same event fires it once. Nothing is written about people who refused personal lists or to be remembered,
nor about somebody who is not there any more.

mode:    write
returns: id STRING, version INTEGER
:param userId => 'user-1'
:param triggerId => 'second-visit'
:param id => 'event-9 second-visit'
:param at => 1793526000000
:param until => 1793612400000
:param drinkId => 'flat-white'
*/
MATCH (user:User {id: $userId})
WHERE coalesce(user.remembering, true) AND coalesce(user.personalisation, true)
  AND NOT EXISTS { MATCH (user)-[before:TRIGGERED {id: $id}]->(:Trigger) }
MERGE (trigger:Trigger {id: $triggerId})
CREATE (user)-[fired:TRIGGERED {id: $id, at: $at, until: $until, drinkId: $drinkId}]->(trigger)
RETURN fired.id AS id, coalesce(user.version, 0) AS version
ORDER BY id
