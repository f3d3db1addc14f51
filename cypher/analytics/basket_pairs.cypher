// Basket pairs: the drinks that the same person bought on the same day.
/*
A basket is what one person bought on one day of UTC; purchases without a time are not counted.
Pairs that fewer than `minPeople` bought are left out.

mode:    read
returns: drink STRING, name STRING, other STRING, otherName STRING, baskets INTEGER, people INTEGER
:param minPeople => 5
:param rows => 25
*/
MATCH (drink:Drink)<-[one:PURCHASED]-(user:User)-[two:PURCHASED]->(other:Drink)
WHERE drink.id < other.id AND one.at / 86400000 = two.at / 86400000
WITH DISTINCT drink, other, user, one.at / 86400000 AS day
WITH drink, other, count(day) AS baskets, count(DISTINCT user) AS people
WHERE people >= $minPeople
RETURN drink.id AS drink, drink.name AS name, other.id AS other, other.name AS otherName,
       baskets, people
ORDER BY baskets DESC, people DESC, drink, other
LIMIT $rows
