// Clear embeddings: remove the vectors of every model but the active one.
/*
In batches, repeated until none is cleared. A node that the active model does not know keeps no
vector. Clears nothing once another model is active.

mode:    write
returns: cleared INTEGER
:param version => 'v1'
:param most => 1000
*/
MATCH (model:Model {version: $version, status: 'active'})
MATCH (node:Drink|Ingredient|Flavor|Style|Producer)
WHERE node.embeddingVersion <> model.version
WITH node
ORDER BY node.id
LIMIT $most
SET node.embedding = null, node.embeddingVersion = null
RETURN count(node) AS cleared
