// Merged drinks: which drinks were merged into which others.
/*
What is said or done under the id of a merged drink belongs to the other, which may have been merged
too.

mode:    read
returns: id STRING, intoId STRING
*/
MATCH (gone:Drink)-[:MERGED_INTO]->(kept:Drink)
RETURN gone.id AS id, kept.id AS intoId
ORDER BY id
