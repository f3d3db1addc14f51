// Cannibals: pairs of drinks of one style where people bought the second and never again the first.
/*
`people` bought both; `switched` bought `drink` for the last time before they bought `instead` for
the first. A high share says that `instead` takes the place of `drink` rather than being one more.
Pairs that fewer than `minPeople` bought are left out.

mode:    read
returns: drink STRING, name STRING, instead STRING, insteadName STRING, people INTEGER,
         switched INTEGER, share FLOAT
:param minPeople => 5
:param rows => 25
*/
MATCH (user:User)-[event:PURCHASED]->(drink:Drink)
WITH user, drink, min(coalesce(event.firstAt, event.at)) AS began, max(event.at) AS ended
MATCH (drink)-[:OF_STYLE]->(style:Style)
WITH user, style, collect({drink: drink, began: began, ended: ended}) AS had
UNWIND had AS one
UNWIND had AS other
WITH DISTINCT user, one.drink AS drink, other.drink AS instead, one.ended AS ended,
     other.began AS began
WHERE drink.id <> instead.id
WITH drink, instead, count(user) AS people,
     sum(CASE WHEN ended < began THEN 1 ELSE 0 END) AS switched
WHERE people >= $minPeople
RETURN drink.id AS drink, drink.name AS name, instead.id AS instead, instead.name AS insteadName,
       people, switched, toFloat(switched) / people AS share
ORDER BY share DESC, switched DESC, drink, instead
LIMIT $rows
