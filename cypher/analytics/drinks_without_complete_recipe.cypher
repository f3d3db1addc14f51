// Drinks without a complete recipe: the most wanted first.
/*
In these, nothing can be ruled out unless it is declared absent. `parts` is how many ingredients are
known; a recipe without any counts as unknown, however complete it claims to be. `people` bought,
saved or liked the drink, or rated it 3.5 or better.

mode:    read
returns: drink STRING, name STRING, kind STRING, parts INTEGER, people INTEGER
:param rows => 50
*/
MATCH (drink:Drink)
WITH drink, COUNT { (drink)-[:CONTAINS]->(:Ingredient) } AS parts
WHERE NOT coalesce(drink.recipeComplete, false) OR parts = 0
OPTIONAL MATCH (user:User)-[event:PURCHASED|SAVED|RATED]->(drink)
WHERE type(event) <> 'RATED' OR event.type = 'like'
   OR (event.type = 'rating' AND event.value >= 3.5)
WITH drink, parts, count(DISTINCT user) AS people
RETURN drink.id AS drink, drink.name AS name, drink.kind AS kind, parts, people
ORDER BY people DESC, drink
LIMIT $rows
