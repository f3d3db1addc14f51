// Revenue: what people paid for drinks, in one currency, by arm and day.
/*
Of each purchase the quantity (1 where none was said) times the price of one, to four decimals.
Purchases in another `currency`, or without a price, count nothing: nothing is converted or guessed.
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
:param currency => 'EUR'
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
WHERE event.at >= at - $earlier AND event.at < at + $window AND event.currency = $currency
WITH person, arm, at, event.at >= at AS isAfter,
     toInteger(round(coalesce(event.value, 1.0) * event.price * 10000)) AS amount
WITH person, arm, at, sum(CASE WHEN isAfter THEN amount ELSE 0 END) AS after,
     sum(CASE WHEN NOT isAfter THEN amount ELSE 0 END) AS before
WITH arm, (at + $window - $since) / 86400000 AS day,
     after / 10000.0 AS value, before / 10000.0 AS earlier
RETURN arm, day, count(*) AS people, sum(value) AS total, sum(value * value) AS squares,
       sum(earlier) AS before, sum(earlier * earlier) AS beforeSquares,
       sum(value * earlier) AS products
ORDER BY day, arm
