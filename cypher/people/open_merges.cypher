// Open merges: what undoing merges of people needs, where it is in the clear.
/*
It says what the one who stayed had declared before. `after` is the last id of the part before.

mode:    read
returns: mergeId STRING, userId STRING, undo STRING
:param after => ''
:param most => 500
*/
MATCH (:User)-[merged:MERGED_INTO]->(kept:User)
WHERE merged.id > $after AND NOT merged.undo STARTS WITH 'sealed:'
RETURN merged.id AS mergeId, kept.id AS userId, merged.undo AS undo
ORDER BY mergeId
LIMIT $most
