// People alike: how many others had both of two drinks.
/*
Of those who had `hadId`, up to `most` are looked at, each once before anything is joined, so that
neither a person of many events nor a drink of many people makes it slow. None is named.

mode:    read
returns: hadId STRING, drinkId STRING, people INTEGER
:param userId => 'user-1'
:param hadIds => ['flat-white']
:param drinkIds => ['negroni']
:param most => 1000
*/
UNWIND $hadIds AS hadId
MATCH (had:Drink {id: hadId})<-[:PURCHASED|SAVED]-(other:User)
WHERE other.id <> $userId
WITH DISTINCT had, other
WITH had, collect(other)[0..$most] AS others
UNWIND others AS other
MATCH (other)-[:PURCHASED|SAVED]->(drink:Drink)
WHERE drink.id IN $drinkIds AND drink.id <> had.id
WITH DISTINCT had, drink, other
WITH had, drink, count(other) AS people
RETURN had.id AS hadId, drink.id AS drinkId, people AS people
ORDER BY hadId, drinkId
