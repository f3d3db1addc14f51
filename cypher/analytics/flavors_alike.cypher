// Flavors alike: the flavors that the active model finds most similar to one.
/*
`similarity` is the cosine of the two vectors, -1 to 1, written out: the engines' own functions
scale it differently. The vectors are written to the flavors when a model becomes active; what no
drink has is placed by its groups, and has no vector without any.

mode:    read
returns: flavor STRING, name STRING, similarity FLOAT, model STRING
:param flavorId => 'citrus'
:param rows => 10
*/
MATCH (wanted:Flavor {id: $flavorId})
MATCH (flavor:Flavor)
WHERE flavor.id <> wanted.id AND flavor.embeddingVersion = wanted.embeddingVersion
WITH flavor, wanted.embedding AS a, flavor.embedding AS b
WITH flavor,
     reduce(total = 0.0, place IN range(0, size(a) - 1) | total + a[place] * b[place]) AS product,
     reduce(total = 0.0, value IN a | total + value * value)
       * reduce(total = 0.0, value IN b | total + value * value) AS squares
WHERE squares > 0
RETURN flavor.id AS flavor, flavor.name AS name,
       product / sqrt(squares) AS similarity, flavor.embeddingVersion AS model
ORDER BY similarity DESC, flavor
LIMIT $rows
