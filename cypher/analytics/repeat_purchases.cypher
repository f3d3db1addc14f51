// Repeat purchases: the drinks that people come back to.
/*
`again` is how many of the buyers bought it more than once, `share` their share. Drinks with fewer
than `minPeople` buyers are left out.

mode:    read
returns: drink STRING, name STRING, people INTEGER, again INTEGER, share FLOAT, purchases INTEGER
:param minPeople => 5
:param rows => 25
*/
MATCH (user:User)-[purchase:PURCHASED]->(drink:Drink)
WITH drink, user, sum(coalesce(purchase.times, 1)) AS times
WITH drink, count(user) AS people, sum(CASE WHEN times > 1 THEN 1 ELSE 0 END) AS again,
     sum(times) AS purchases
WHERE people >= $minPeople
RETURN drink.id AS drink, drink.name AS name, people, again, toFloat(again) / people AS share,
       purchases
ORDER BY share DESC, people DESC, drink
LIMIT $rows
