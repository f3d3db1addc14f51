// Price bands: how many drinks there are at each price, and how much of them is bought.
/*
A band runs from `fromPrice` up to, but not including, `toPrice`. `revenue` is today's price times
the number of purchases. Drinks without a price are not counted.

mode:    read
returns: fromPrice FLOAT, toPrice FLOAT, drinks INTEGER, purchases INTEGER, revenue FLOAT
:param width => 2.0
*/
MATCH (drink:Drink)
WHERE drink.price IS NOT NULL
OPTIONAL MATCH (:User)-[purchase:PURCHASED]->(drink)
WITH drink, sum(CASE WHEN purchase IS NULL THEN 0 ELSE coalesce(purchase.times, 1) END) AS bought
WITH floor(drink.price / $width) * $width AS fromPrice, bought, drink.price * bought AS taken
WITH fromPrice, count(*) AS drinks, sum(bought) AS purchases, sum(taken) AS revenue
RETURN fromPrice, fromPrice + $width AS toPrice, drinks, purchases, revenue
ORDER BY fromPrice
