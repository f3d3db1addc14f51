// Exposed people: how many came into each arm of an experiment on each day.
/*
Days count from `since`. People who were merged count once, in the arm of their first exposure.

mode:    read
returns: arm STRING, day INTEGER, people INTEGER
:param experimentId => 'diverse-home'
:param since => 1767139200000
*/
MATCH (seen:User)-[exposure:EXPOSED_TO]->(experiment:Experiment {id: $experimentId})
OPTIONAL MATCH (seen)-[:MERGED_INTO*1..]->(kept:User)
WHERE NOT EXISTS { MATCH (kept)-[:MERGED_INTO]->(other:User) }
WITH coalesce(kept, seen) AS person, exposure
ORDER BY exposure.at, exposure.arm
WITH person, collect({arm: exposure.arm, at: exposure.at})[0] AS entry
RETURN entry.arm AS arm, (entry.at - $since) / 86400000 AS day, count(*) AS people
ORDER BY day, arm
