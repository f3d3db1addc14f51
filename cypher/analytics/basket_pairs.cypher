// Basket pairs: the drinks that the same person bought on the same day.
/*
A basket is what one person bought on one day of UTC; purchases without a time are not counted.
Pairs that fewer than `minPeople` bought are left out.

mode:    read
returns: drink STRING, name STRING, other STRING, otherName STRING, baskets INTEGER, people INTEGER
:param minPeople => 5
:param rows => 25
*/
MATCH (user:User)-[event:PURCHASED]->(drink:Drink)
WHERE event.at IS NOT NULL
WITH DISTINCT user, event.at / 86400000 AS day, drink
WITH user, day, collect(drink) AS basket
UNWIND basket AS drink
UNWIND basket AS other
WITH user, day, drink, other
WHERE drink.id < other.id
WITH drink, other, count(day) AS baskets, count(DISTINCT user) AS people
WHERE people >= $minPeople
RETURN drink.id AS drink, drink.name AS name, other.id AS other, other.name AS otherName,
       baskets, people
ORDER BY baskets DESC, people DESC, drink, other
LIMIT $rows
