// Popular by kind: the drinks that most people bought, saved or liked, of each kind.
/*
What `popularDrinks` counts, without the safety checks: for reading, never for offering.

mode:    read
returns: kind STRING, drink STRING, name STRING, people INTEGER
:param perKind => 3
*/
MATCH (user:User)-[event:PURCHASED|SAVED|RATED]->(drink:Drink)
WHERE type(event) <> 'RATED' OR event.type = 'like'
   OR (event.type = 'rating' AND event.value >= 3.5)
WITH drink, count(DISTINCT user) AS people
ORDER BY people DESC, drink.id
WITH drink.kind AS kind, collect({drink: drink.id, name: drink.name, people: people}) AS ranked
UNWIND ranked[0..$perKind] AS one
RETURN kind, one.drink AS drink, one.name AS name, one.people AS people
ORDER BY kind, people DESC, drink
