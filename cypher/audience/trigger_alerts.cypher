// Trigger alerts: how often each of some triggers has fired since a moment, and for how many people.
/*
People who were simulated are left out. Whom it fired for is not said.

mode:    read
returns: triggerId STRING, times INTEGER, people INTEGER, lastAt INTEGER
:param triggerIds => ['second-visit']
:param since => 1767225600000
*/
MATCH (user:User)-[fired:TRIGGERED]->(trigger:Trigger)
WHERE trigger.id IN $triggerIds AND fired.at >= $since AND NOT coalesce(user.simulated, false)
RETURN trigger.id AS triggerId, count(fired) AS times, count(DISTINCT user) AS people,
       max(fired.at) AS lastAt
ORDER BY lastAt DESC, triggerId
