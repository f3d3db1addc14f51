// Write style embeddings: the active model's directions on the styles, for analysts.
/*
Writes nothing once another model is active, so that a slower promotion never overwrites a later
one.

mode:    write
returns: written INTEGER
:param version => 'v1'
:param rows => [{id: 'ale', embedding: [0.6, 0.8]}]
*/
UNWIND $rows AS row
MATCH (model:Model {version: $version, status: 'active'})
MATCH (style:Style {id: row.id})
SET style.embedding = row.embedding, style.embeddingVersion = $version
RETURN count(style) AS written
