// Fire a trigger: note that it was triggered for a person, by which event, and until when it holds.
/*
The same event fires it once. Nothing is written about people for whom no consent and no other ground holds, and that an
operator brought them is none,
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
MATCH (rules:ConsentRules {id: 'rules'})
MATCH (user:User {id: $userId})
WHERE coalesce(user.marketing, coalesce(user.simulated, false) OR 'marketing' IN rules.assumed, false)
  AND coalesce(user.remembering, user.ground IS NOT NULL OR 'remembering' IN rules.assumed, false)
  AND coalesce(user.personalisation, user.ground IS NOT NULL OR 'personalisation' IN rules.assumed, false)
  AND NOT EXISTS { MATCH (user)-[before:TRIGGERED {id: $id}]->(:Trigger) }
MERGE (trigger:Trigger {id: $triggerId})
CREATE (user)-[fired:TRIGGERED {id: $id, at: $at, until: $until, drinkId: $drinkId}]->(trigger)
RETURN fired.id AS id, coalesce(user.version, 0) AS version
ORDER BY id
