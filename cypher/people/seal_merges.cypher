// Seal merges: what undoing merges of people needs, sealed.
/*
mode:    write
returns: mergeId STRING
:param rows => [{mergeId: 'people-1', userId: 'user-1', undo: 'sealed:b25l'}]
*/
UNWIND $rows AS row
MATCH (kept:User {id: row.userId})<-[merge:MERGED_INTO {id: row.mergeId}]-(:User)
SET merge.undo = row.undo
RETURN merge.id AS mergeId
ORDER BY mergeId
