// Write flavor embeddings: the active model's directions on the flavors, for analysts.
/*
Writes nothing once another model is active, so that a slower promotion never overwrites a later
one.

mode:    write
returns: written INTEGER
:param version => 'v1'
:param rows => [{id: 'citrus', embedding: [0.6, 0.8]}]
*/
UNWIND $rows AS row
MATCH (model:Model {version: $version, status: 'active'})
MATCH (flavor:Flavor {id: row.id})
SET flavor.embedding = row.embedding, flavor.embeddingVersion = $version
RETURN count(flavor) AS written
