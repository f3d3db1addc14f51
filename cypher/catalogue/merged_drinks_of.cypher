// Merged drinks of these: which drinks each of them was merged into, step by step.
/*
What is said or done under the id of a merged drink belongs to the last of them. The cost is that of
the drinks asked about, however many there are.

mode:    read
returns: id STRING, intoId STRING
:param ids => ['house-tea']
*/
UNWIND $ids AS asked
MATCH (named:Drink {id: asked})-[:MERGED_INTO*0..]->(gone:Drink)
MATCH (gone)-[:MERGED_INTO]->(kept:Drink)
RETURN DISTINCT gone.id AS id, kept.id AS intoId
ORDER BY id
