// Expose people: note who was subject to which arm of an experiment, and since when.
/*
The first exposure counts: later ones change nothing. A person new to the graph is created. Nothing is
written about people for whom no consent and no other ground holds, nor about what was before a person was erased.

mode:    write
returns: exposed INTEGER
:param rows => [{userId: 'user-1', erasureId: 'a hash', experimentId: 'bolder-home', arm: 'as-is', bucket: 17, at: 1793526000000}]
*/
UNWIND $rows AS row
MATCH (experiment:Experiment {id: row.experimentId})
OPTIONAL MATCH (erasure:Erasure {id: row.erasureId})
OPTIONAL MATCH (known:User {id: row.userId})
OPTIONAL MATCH (rules:ConsentRules {id: 'rules'})
WITH row, experiment, erasure, known, rules
WHERE coalesce(erasure.at < row.at, true)
  AND coalesce(known.experiments, known.ground IS NOT NULL OR 'experiments' IN rules.assumed, false)
  AND coalesce(known.remembering, known.ground IS NOT NULL OR 'remembering' IN rules.assumed, false)
  AND coalesce(known.personalisation, known.ground IS NOT NULL OR 'personalisation' IN rules.assumed, false)
MERGE (user:User {id: row.userId})
MERGE (user)-[exposure:EXPOSED_TO]->(experiment)
SET exposure.arm = coalesce(exposure.arm, row.arm),
    exposure.bucket = coalesce(exposure.bucket, row.bucket),
    exposure.at = CASE WHEN exposure.at < row.at THEN exposure.at ELSE row.at END
RETURN count(exposure) AS exposed
