// Repeated people: who of these people did the same with the same drink more than once, long ago.
/*
mode:    read
returns: userId STRING
:param ids => ['user-1']
:param before => 1767225700000
*/
UNWIND $ids AS id
MATCH (user:User {id: id})-[event:PURCHASED|VIEWED|SAVED]->(drink:Drink)
WHERE event.at < $before
WITH user, drink, event.type AS type, count(event) AS events
WHERE events > 1
RETURN DISTINCT user.id AS userId
ORDER BY userId
