// Popularity: how many people bought, saved or liked each drink.
/*
A rating counts from 3.5 of 5; a like has the value 1 and the type 'like'.

mode:    read
returns: drinkId STRING, people INTEGER
*/
MATCH (user:User)-[event:PURCHASED|SAVED|RATED]->(drink:Drink)
WHERE type(event) <> 'RATED' OR event.type = 'like'
   OR (event.type = 'rating' AND event.value >= 3.5)
RETURN drink.id AS drinkId, count(DISTINCT user) AS people
ORDER BY drinkId
