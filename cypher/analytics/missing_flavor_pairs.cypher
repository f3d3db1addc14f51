// Missing flavor pairs: two flavors that the same people like and hardly any drink combines.
/*
Ideas for new drinks: `people` like both flavors, and at most `mostDrinks` drinks have both.

mode:    read
returns: flavor STRING, other STRING, people INTEGER, drinks INTEGER
:param minPeople => 5
:param mostDrinks => 0
:param rows => 25
*/
MATCH (flavor:Flavor)<-[:LIKES]-(user:User)-[:LIKES]->(other:Flavor)
WHERE flavor.id < other.id
WITH flavor, other, count(DISTINCT user) AS people
WHERE people >= $minPeople
OPTIONAL MATCH (flavor)<-[:HAS_FLAVOR]-(drink:Drink)-[:HAS_FLAVOR]->(other)
WITH flavor, other, people, count(DISTINCT drink) AS drinks
WHERE drinks <= $mostDrinks
RETURN flavor.id AS flavor, other.id AS other, people, drinks
ORDER BY people DESC, flavor, other
LIMIT $rows
