// Write drink embeddings: the active model's directions on the drinks, for analysts.
/*
Writes nothing once another model is active, so that a slower promotion never overwrites a later
one.

mode:    write
returns: written INTEGER
:param version => 'v1'
:param rows => [{id: 'negroni', embedding: [0.6, 0.8]}]
*/
UNWIND $rows AS row
MATCH (model:Model {version: $version, status: 'active'})
MATCH (drink:Drink {id: row.id})
SET drink.embedding = row.embedding, drink.embeddingVersion = $version
RETURN count(drink) AS written
