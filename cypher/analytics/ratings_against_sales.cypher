// Ratings against sales: what sells although people rate it badly, the worst first.
/*
`rating` is the mean of all ratings, of 5. Drinks that fewer than `minPeople` rated are left out.

mode:    read
returns: drink STRING, name STRING, people INTEGER, rating FLOAT, purchases INTEGER
:param minPeople => 5
:param rows => 25
*/
MATCH (user:User)-[rated:RATED]->(drink:Drink)
WHERE rated.type = 'rating'
WITH drink, count(DISTINCT user) AS people, avg(rated.value) AS rating
WHERE people >= $minPeople
OPTIONAL MATCH (:User)-[purchase:PURCHASED]->(drink)
WITH drink, people, rating, sum(CASE WHEN purchase IS NULL THEN 0 ELSE coalesce(purchase.times, 1) END) AS purchases
RETURN drink.id AS drink, drink.name AS name, people, rating, purchases
ORDER BY rating, purchases DESC, drink
LIMIT $rows
