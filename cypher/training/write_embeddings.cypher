// Write embeddings: the active model's vectors on the drinks, for analysts.
/*
Writes nothing once another model is active, so that a slower promotion never overwrites a later
one.

mode:    write
returns: written INTEGER
:param version => 'v1'
:param rows => [{id: 'negroni', embedding: [0.3, 0.2]}]
*/
UNWIND $rows AS row
MATCH (model:Model {version: $version, status: 'active'})
MATCH (drink:Drink {id: row.id})
SET drink.embedding = row.embedding, drink.embeddingVersion = $version
RETURN count(drink) AS written
