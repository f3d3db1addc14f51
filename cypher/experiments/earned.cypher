// Earned: what was opened, bought and paid from recommended lists, by drink, surface or model.
/*
From `since` until before `until`, in milliseconds since 1970, of people who are not simulated. An
event follows from a list if it has the list's id, `surface:model:...`; an id of another form is of
an `unknown` one. Drinks count as they were sold, before any merge. `quantity` and `revenue` are sums
of purchases, each rounded to four decimals, so that they come out the same in any order; `revenue`
is that in one `currency`.

mode:    read
returns: name STRING, opened INTEGER, bought INTEGER, quantity FLOAT, revenue FLOAT
:param by => 'drink'
:param since => 0
:param until => 1893456000000
:param currency => 'EUR'
*/
MATCH (user:User)-[event:VIEWED|PURCHASED]->(drink:Drink)
WHERE event.recommendationId IS NOT NULL AND event.at >= $since AND event.at < $until
  AND event.type IN ['view', 'click', 'purchase'] AND NOT coalesce(user.simulated, false)
WITH event, drink, split(event.recommendationId, ':') AS parts, event.type = 'purchase' AS paid
WITH event, paid,
     CASE WHEN $by = 'drink' THEN coalesce(event.mergedFrom[0], drink.id)
          WHEN size(parts) <> 3 THEN 'unknown'
          WHEN $by = 'surface' THEN parts[0]
          ELSE parts[1] END AS name
WITH name, paid, coalesce(event.times, 1) AS times,
     CASE WHEN paid THEN toInteger(round(coalesce(event.value, 1.0) * 10000)) ELSE 0 END AS many,
     CASE WHEN paid AND event.currency = $currency
          THEN toInteger(round(coalesce(event.value, 1.0) * event.price * 10000))
          ELSE 0 END AS amount
RETURN name, sum(CASE WHEN paid THEN 0 ELSE times END) AS opened,
       sum(CASE WHEN paid THEN times ELSE 0 END) AS bought,
       sum(many) / 10000.0 AS quantity, sum(amount) / 10000.0 AS revenue
ORDER BY name
