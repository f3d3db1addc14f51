// People alike: how many others had both of two drinks.
/*
It reads up to `most` purchases of `hadId` and as many saves, up to `people` of those who made them,
and up to `most` purchases and saves of each: neither a person with many events nor a drink with
many people makes it slow. Nobody is named.

mode:    read
returns: hadId STRING, drinkId STRING, people INTEGER
:param userId => 'user-1'
:param hadIds => ['flat-white']
:param drinkIds => ['negroni']
:param people => 1000
:param most => 10000
*/
UNWIND $hadIds AS hadId
MATCH (had:Drink {id: hadId})
CALL (had) {
  MATCH (had)<-[:PURCHASED]-(other:User) RETURN other LIMIT $most
  UNION ALL
  MATCH (had)<-[:SAVED]-(other:User) RETURN other LIMIT $most
}
WITH DISTINCT had, other
WHERE other.id <> $userId
WITH had, collect(other)[0..$people] AS others
UNWIND others AS other
CALL (other) {
  MATCH (other)-[:PURCHASED]->(drink:Drink) RETURN drink LIMIT $most
  UNION ALL
  MATCH (other)-[:SAVED]->(drink:Drink) RETURN drink LIMIT $most
}
WITH DISTINCT had, drink, other
WHERE drink.id IN $drinkIds AND drink.id <> had.id
WITH had, drink, count(other) AS people
RETURN had.id AS hadId, drink.id AS drinkId, people AS people
ORDER BY hadId, drinkId
