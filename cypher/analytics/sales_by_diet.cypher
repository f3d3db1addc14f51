// Sales by diet: what people who follow the same diet buy, by kind of drink, as groups only.
/*
No row is about fewer than `minPeople` buyers: keep it at five or more.

mode:    read
returns: diet STRING, kind STRING, purchases INTEGER, people INTEGER
:param minPeople => 5
:param rows => 100
*/
MATCH (user:User)-[:FOLLOWS]->(diet:Diet)
MATCH (user)-[purchase:PURCHASED]->(drink:Drink)
WITH diet.id AS diet, coalesce(drink.kind, 'no kind') AS kind, sum(coalesce(purchase.times, 1)) AS purchases,
     count(DISTINCT user) AS people
WHERE people >= $minPeople
RETURN diet, kind, purchases, people
ORDER BY diet, purchases DESC, kind
LIMIT $rows
