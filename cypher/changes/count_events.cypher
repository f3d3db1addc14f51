// Count events: how many events each of these drinks has.
/*
Run before and after events are moved, in the same transaction: none is lost, none counts twice.

mode:    read
returns: id STRING, events INTEGER
:param ids => ['flat-white', 'negroni']
*/
UNWIND $ids AS id
MATCH (drink:Drink {id: id})
OPTIONAL MATCH (drink)<-[event:PURCHASED|RATED|VIEWED|SAVED]-(:User)
RETURN drink.id AS id, count(event) AS events
ORDER BY id
