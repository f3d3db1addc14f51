// Ingredients alike: the ingredients that the active model finds most similar to one.
/*
`similarity` is the cosine of the two vectors, -1 to 1, written out: the engines' own functions
scale it differently. The vectors are written to the ingredients when a model becomes active; what no
drink has is placed by its groups and flavors, and has no vector without any.

mode:    read
returns: ingredient STRING, name STRING, similarity FLOAT, model STRING
:param ingredientId => 'gin'
:param rows => 10
*/
MATCH (wanted:Ingredient {id: $ingredientId})
MATCH (ingredient:Ingredient)
WHERE ingredient.id <> wanted.id AND ingredient.embeddingVersion = wanted.embeddingVersion
WITH ingredient, wanted.embedding AS a, ingredient.embedding AS b
WITH ingredient,
     reduce(total = 0.0, place IN range(0, size(a) - 1) | total + a[place] * b[place]) AS product,
     reduce(total = 0.0, value IN a | total + value * value)
       * reduce(total = 0.0, value IN b | total + value * value) AS squares
WHERE squares > 0
RETURN ingredient.id AS ingredient, ingredient.name AS name,
       product / sqrt(squares) AS similarity, ingredient.embeddingVersion AS model
ORDER BY similarity DESC, ingredient
LIMIT $rows
