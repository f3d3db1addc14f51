// Merge of people: one merge of two people, for undoing it.
/*
mode:    read
returns: fromId STRING, intoId STRING, undo STRING
:param mergeId => 'people-1'
*/
MATCH (gone:User)-[joined:MERGED_INTO]->(kept:User)
WHERE joined.id = $mergeId
RETURN gone.id AS fromId, kept.id AS intoId, joined.undo AS undo
ORDER BY fromId
