// Model neighbours: the drinks that the active model finds most similar to one.
/*
`similarity` is the cosine of the two vectors, -1 to 1, written out: the engines' own functions
scale it differently. The vectors are written to the drinks when a model becomes active; drinks
added later have none until the next model does. No safety check: for looking at a model, never for
offering.

mode:    read
returns: drink STRING, name STRING, kind STRING, similarity FLOAT, model STRING
:param drinkId => 'negroni'
:param rows => 10
*/
MATCH (wanted:Drink {id: $drinkId})
MATCH (drink:Drink)
WHERE drink.id <> wanted.id AND drink.embeddingVersion = wanted.embeddingVersion
WITH drink, wanted.embedding AS a, drink.embedding AS b
WITH drink,
     reduce(total = 0.0, place IN range(0, size(a) - 1) | total + a[place] * b[place]) AS product,
     reduce(total = 0.0, value IN a | total + value * value)
       * reduce(total = 0.0, value IN b | total + value * value) AS squares
WHERE squares > 0
RETURN drink.id AS drink, drink.name AS name, drink.kind AS kind,
       product / sqrt(squares) AS similarity, drink.embeddingVersion AS model
ORDER BY similarity DESC, drink
LIMIT $rows
