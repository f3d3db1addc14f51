// Drinks near a flavor: the drinks that the active model places nearest to it.
/*
`similarity` is the cosine of the two vectors, -1 to 1, written out: the engines' own functions
scale it differently. `described` says whether the drink has the flavor, or one that is part of it, in
the catalogue: one that is near without is worth a taste. No safety check: for looking at a model,
never for offering.

mode:    read
returns: drink STRING, name STRING, kind STRING, similarity FLOAT, described BOOLEAN, model STRING
:param flavorId => 'citrus'
:param rows => 10
*/
MATCH (flavor:Flavor {id: $flavorId})
MATCH (drink:Drink)
WHERE drink.embeddingVersion = flavor.embeddingVersion
WITH flavor, drink, flavor.embedding AS a, drink.embedding AS b
WITH flavor, drink,
     reduce(total = 0.0, place IN range(0, size(a) - 1) | total + a[place] * b[place]) AS product,
     reduce(total = 0.0, value IN a | total + value * value)
       * reduce(total = 0.0, value IN b | total + value * value) AS squares
WHERE squares > 0
WITH flavor, drink, product / sqrt(squares) AS similarity
ORDER BY similarity DESC, drink.id
LIMIT $rows
RETURN drink.id AS drink, drink.name AS name, drink.kind AS kind, similarity,
       EXISTS { (drink)-[:HAS_FLAVOR]->(:Flavor)-[:PART_OF*0..]->(flavor) } AS described,
       drink.embeddingVersion AS model
ORDER BY similarity DESC, drink
