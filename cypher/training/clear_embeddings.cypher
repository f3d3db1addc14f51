// Clear embeddings: remove the vectors of every model but the active one.
/*
In batches, repeated until none is cleared. A drink that the active model does not know keeps no
vector. Clears nothing once another model is active.

mode:    write
returns: cleared INTEGER
:param version => 'v1'
:param most => 1000
*/
MATCH (model:Model {version: $version, status: 'active'})
MATCH (drink:Drink)
WHERE drink.embeddingVersion <> model.version
WITH drink
ORDER BY drink.id
LIMIT $most
SET drink.embedding = null, drink.embeddingVersion = null
RETURN count(drink) AS cleared
