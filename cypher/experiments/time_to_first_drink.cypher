// Time to the first drink: hours until people bought one, by arm and day.
/*
Who bought none has the whole window (the restricted mean survival time).
That is counted in the `window` (milliseconds) after somebody's first exposure, and of people whose
window was over by `until`; `day` says on which day from `since` on it was. `before` is the hours
since the last one before, at most those
of the `earlier` milliseconds before the exposure, for adjusting (CUPED). People who were merged
count once, in the arm of their first exposure.

mode:    read
returns: arm STRING, day INTEGER, people INTEGER, total FLOAT, squares FLOAT, before FLOAT,
         beforeSquares FLOAT, products FLOAT
:param experimentId => 'diverse-home'
:param since => 1767139200000
:param until => 1793612400000
:param window => 86400000
:param earlier => 2419200000
*/
MATCH (seen:User)-[exposure:EXPOSED_TO]->(experiment:Experiment {id: $experimentId})
OPTIONAL MATCH (seen)-[:MERGED_INTO*1..]->(kept:User)
WHERE NOT EXISTS { MATCH (kept)-[:MERGED_INTO]->(other:User) }
WITH coalesce(kept, seen) AS person, exposure
ORDER BY exposure.at, exposure.arm
WITH person, collect({arm: exposure.arm, at: exposure.at})[0] AS entry
WHERE entry.at + $window <= $until
WITH person, entry.arm AS arm, entry.at AS at
OPTIONAL MATCH (person)-[event:PURCHASED]->(drink:Drink)
WHERE event.at >= at - $earlier AND event.at < at + $window
WITH person, arm, at,
     coalesce(min(CASE WHEN event.at >= at THEN event.at END) - at, $window) AS after,
     coalesce(at - max(CASE WHEN event.at < at THEN event.at END), $earlier) AS before
WITH arm, (at + $window - $since) / 86400000 AS day,
     after / 3600000.0 AS value, before / 3600000.0 AS earlier
RETURN arm, day, count(*) AS people, sum(value) AS total, sum(value * value) AS squares,
       sum(earlier) AS before, sum(earlier * earlier) AS beforeSquares,
       sum(value * earlier) AS products
ORDER BY day, arm
