// Arms of people: in which arm of which experiment each person is, and since when.
/*
A person who was merged is in the arm of their first exposure, under every id that they had.

mode:    read
returns: userId STRING, experimentId STRING, arm STRING, at INTEGER
*/
MATCH (seen:User)-[exposure:EXPOSED_TO]->(experiment:Experiment)
OPTIONAL MATCH (seen)-[:MERGED_INTO*1..]->(kept:User)
WHERE NOT EXISTS { MATCH (kept)-[:MERGED_INTO]->(other:User) }
WITH coalesce(kept, seen) AS person, experiment, exposure
ORDER BY exposure.at, exposure.arm
WITH person, experiment, collect({arm: exposure.arm, at: exposure.at})[0] AS entry
MATCH (same:User)-[:MERGED_INTO*0..]->(person)
RETURN DISTINCT same.id AS userId, experiment.id AS experimentId, entry.arm AS arm, entry.at AS at
ORDER BY userId, experimentId
