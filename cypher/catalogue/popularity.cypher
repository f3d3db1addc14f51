// Popularity: how many people bought, saved or liked each drink, ever and lately.
/*
A rating counts from 3.5 of 5; a like has the value 1 and the type 'like'. Lately is from $since on, in
milliseconds since 1970.

mode:    read
returns: drinkId STRING, people INTEGER, lately INTEGER
:param since => 1790000000000
*/
MATCH (user:User)-[event:PURCHASED|SAVED|RATED]->(drink:Drink)
WHERE type(event) <> 'RATED' OR event.type = 'like'
   OR (event.type = 'rating' AND event.value >= 3.5)
RETURN drink.id AS drinkId, count(DISTINCT user) AS people,
       count(DISTINCT CASE WHEN event.at >= $since THEN user END) AS lately
ORDER BY drinkId
