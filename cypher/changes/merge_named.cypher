// Merge named: one merge of two drinks, and what was recorded about the other after it.
/*
mode:    read
returns: fromId STRING, intoId STRING, undo STRING, after LIST<STRING>
:param mergeId => 'merge-1'
*/
MATCH (gone:Drink)-[joined:MERGED_INTO]->(kept:Drink)
WHERE joined.id = $mergeId
OPTIONAL MATCH (record:Change {id: $mergeId})
OPTIONAL MATCH (change:Change {version: record.version})-[:ABOUT]->(kept)
RETURN gone.id AS fromId, kept.id AS intoId, joined.undo AS undo, change.after AS after
ORDER BY fromId
