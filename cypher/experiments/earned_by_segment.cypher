// Earned by segment: what was opened, bought and paid from lists by the people of each segment.
/*
Of people who are in a segment now, since they came in; `name` is the segment's id. Whoever is in two
counts in both, so that segments do not add up to all. The rest is as in earned.cypher.

mode:    read
returns: name STRING, opened INTEGER, bought INTEGER, quantity FLOAT, revenue FLOAT
:param since => 0
:param until => 1893456000000
:param currency => 'EUR'
*/
MATCH (user:User)-[membership:IN_SEGMENT]->(segment:Segment)
MATCH (user)-[event:VIEWED|PURCHASED]->(drink:Drink)
WHERE event.at >= membership.since AND event.recommendationId IS NOT NULL
  AND event.at >= $since AND event.at < $until
  AND event.type IN ['view', 'click', 'purchase'] AND NOT coalesce(user.simulated, false)
WITH segment.id AS name, event
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
