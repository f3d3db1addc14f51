// Write ingredient embeddings: the active model's directions on the ingredients, for analysts.
/*
Writes nothing once another model is active, so that a slower promotion never overwrites a later
one.

mode:    write
returns: written INTEGER
:param version => 'v1'
:param rows => [{id: 'gin', embedding: [0.6, 0.8]}]
*/
UNWIND $rows AS row
MATCH (model:Model {version: $version, status: 'active'})
MATCH (ingredient:Ingredient {id: row.id})
SET ingredient.embedding = row.embedding, ingredient.embeddingVersion = $version
RETURN count(ingredient) AS written
