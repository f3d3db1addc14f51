// Flavor gaps: the flavors that many people like and few drinks have.
/*
`people` said that they like the flavor; `drinks` have it, or a flavor that is part of it;
`peoplePerDrink` is how many people there are for each drink. Flavors that fewer than `minPeople`
like are left out.

mode:    read
returns: flavor STRING, name STRING, people INTEGER, drinks INTEGER, peoplePerDrink FLOAT
:param minPeople => 5
:param rows => 25
*/
MATCH (user:User)-[:LIKES]->(flavor:Flavor)
WITH flavor, count(DISTINCT user) AS people
WHERE people >= $minPeople
OPTIONAL MATCH (drink:Drink)-[:HAS_FLAVOR]->(:Flavor)-[:PART_OF*0..]->(flavor)
WITH flavor, people, count(DISTINCT drink) AS drinks
RETURN flavor.id AS flavor, flavor.name AS name, people, drinks,
       toFloat(people) / CASE WHEN drinks = 0 THEN 1 ELSE drinks END AS peoplePerDrink
ORDER BY peoplePerDrink DESC, people DESC, flavor
LIMIT $rows
