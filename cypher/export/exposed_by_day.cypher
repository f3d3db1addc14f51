// Exposed by day: how many people came into each arm of each experiment on a day.
/*
From `since` until before `until`, in milliseconds since 1970; `day` counts days since then. Fewer
than `minPeople` in an arm on a day are left out.

mode:    read
returns: experimentId STRING, day INTEGER, arm STRING, people INTEGER
:param since => 0
:param until => 1893456000000
:param minPeople => 1
*/
MATCH (user:User)-[exposure:EXPOSED_TO]->(experiment:Experiment)
WHERE exposure.at >= $since AND exposure.at < $until
WITH experiment.id AS experimentId, exposure.at / 86400000 AS day, exposure.arm AS arm,
     count(user) AS people
WHERE people >= $minPeople
RETURN experimentId AS experimentId, day AS day, arm AS arm, people AS people
ORDER BY experimentId, day, arm
