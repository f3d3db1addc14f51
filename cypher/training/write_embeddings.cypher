// Write embeddings: the active model's vectors on the drinks, for analysts.
/*
mode:    write
returns: written INTEGER
:param version => '20261121T080000Z-0123abcd'
:param rows => [{id: 'negroni', embedding: [0.1, 0.2]}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.id})
SET drink.embedding = row.embedding, drink.embeddingVersion = $version
RETURN count(drink) AS written
