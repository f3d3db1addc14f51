// Expose people: note who was subject to which arm of an experiment, and since when.
/*
The first exposure counts: later ones change nothing. A person new to the graph is created. Nothing is
written about people who do not want it, nor about what was before a person was erased.

mode:    write
returns: exposed INTEGER
:param rows => [{userId: 'user-1', erasureId: 'a hash', experimentId: 'bolder-home', arm: 'as-is', bucket: 17, at: 1793526000000}]
*/
UNWIND $rows AS row
MATCH (experiment:Experiment {id: row.experimentId})
OPTIONAL MATCH (erasure:Erasure {id: row.erasureId})
OPTIONAL MATCH (known:User {id: row.userId})
WITH row, experiment, erasure, known
WHERE coalesce(erasure.at < row.at, true) AND coalesce(known.remembering, true)
  AND coalesce(known.personalisation, true)
MERGE (user:User {id: row.userId})
MERGE (user)-[exposure:EXPOSED_TO]->(experiment)
SET exposure.arm = coalesce(exposure.arm, row.arm),
    exposure.bucket = coalesce(exposure.bucket, row.bucket),
    exposure.at = CASE WHEN exposure.at < row.at THEN exposure.at ELSE row.at END
RETURN count(exposure) AS exposed
