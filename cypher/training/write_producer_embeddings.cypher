// Write producer embeddings: the active model's directions on the producers, for analysts.
/*
Writes nothing once another model is active, so that a slower promotion never overwrites a later
one.

mode:    write
returns: written INTEGER
:param version => 'v1'
:param rows => [{id: 'house-bar', embedding: [0.6, 0.8]}]
*/
UNWIND $rows AS row
MATCH (model:Model {version: $version, status: 'active'})
MATCH (producer:Producer {id: row.id})
SET producer.embedding = row.embedding, producer.embeddingVersion = $version
RETURN count(producer) AS written
