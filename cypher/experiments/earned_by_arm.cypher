// Earned by arm: what was opened, bought and paid from lists by the people of each arm.
/*
Of people who came into an arm, since then; `name` is `experiment/arm`. People who were merged count
in the arm of their first exposure. The rest is as in earned.cypher.

mode:    read
returns: name STRING, opened INTEGER, bought INTEGER, quantity FLOAT, revenue FLOAT
:param since => 0
:param until => 1893456000000
:param currency => 'EUR'
*/
MATCH (seen:User)-[exposure:EXPOSED_TO]->(experiment:Experiment)
OPTIONAL MATCH (seen)-[:MERGED_INTO*1..]->(kept:User)
WHERE NOT EXISTS { MATCH (kept)-[:MERGED_INTO]->(other:User) }
WITH coalesce(kept, seen) AS user, experiment, exposure
ORDER BY exposure.at, exposure.arm
WITH user, experiment, collect({arm: exposure.arm, at: exposure.at})[0] AS entry
WITH user, experiment.id + '/' + entry.arm AS name, entry.at AS at
MATCH (user)-[event:VIEWED|PURCHASED]->(drink:Drink)
WHERE event.at >= at AND event.recommendationId IS NOT NULL
  AND event.at >= $since AND event.at < $until
  AND event.type IN ['view', 'click', 'purchase'] AND NOT coalesce(user.simulated, false)
WITH name, event, event.type = 'purchase' AS paid
WITH name, paid, coalesce(event.times, 1) AS times,
     CASE WHEN paid THEN toInteger(round(coalesce(event.value, 1.0) * 10000)) ELSE 0 END AS many,
     CASE WHEN paid AND event.currency = $currency
          THEN toInteger(round(coalesce(event.value, 1.0) * event.price * 10000))
          ELSE 0 END AS amount
RETURN name, sum(CASE WHEN paid THEN 0 ELSE times END) AS opened,
       sum(CASE WHEN paid THEN times ELSE 0 END) AS bought,
       sum(many) / 10000.0 AS quantity, sum(amount) / 10000.0 AS revenue
ORDER BY name
