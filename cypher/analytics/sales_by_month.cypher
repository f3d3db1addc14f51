// Sales by month: how much was bought, by how many people, and how many different drinks.
/*
Months are those of UTC. Purchases without a time are not counted.

mode:    read
returns: month STRING, purchases INTEGER, people INTEGER, drinks INTEGER
:param minPeople => 5
*/
MATCH (user:User)-[purchase:PURCHASED]->(drink:Drink)
WHERE purchase.at IS NOT NULL
WITH substring(toString(datetime({epochMillis: purchase.at})), 0, 7) AS month, user, drink,
     coalesce(purchase.times, 1) AS times
WITH month, sum(times) AS purchases, count(DISTINCT user) AS people, count(DISTINCT drink) AS drinks
WHERE people >= $minPeople
RETURN month, purchases, people, drinks
ORDER BY month
