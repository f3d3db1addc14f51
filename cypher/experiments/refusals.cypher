// Refusals: the share of people who refused a drink, by arm and day.
/*
Refused is disliked: that it is never offered again is what they asked for. What the safety rule
keeps from somebody is no refusal of theirs, and is counted nowhere: it would tell what they must
not have.
That is counted in the `window` (milliseconds) after somebody's first exposure, and of people whose
window was over by `until`; `day` says on which day from `since` on it was. `before` is the same
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
OPTIONAL MATCH (person)-[event:RATED]->(drink:Drink)
WHERE event.at >= at - $earlier AND event.at < at + $window AND event.type = 'dislike'
WITH person, arm, at,
     max(CASE WHEN event.at >= at THEN 1.0 ELSE 0.0 END) AS after,
     max(CASE WHEN event.at < at THEN 1.0 ELSE 0.0 END) AS before
WITH arm, (at + $window - $since) / 86400000 AS day, after AS value, before AS earlier
RETURN arm, day, count(*) AS people, sum(value) AS total, sum(value * value) AS squares,
       sum(earlier) AS before, sum(earlier * earlier) AS beforeSquares,
       sum(value * earlier) AS products
ORDER BY day, arm
