// Unmerge a person: they are a person of their own again.
/*
What the other had declared, and events, are restored by other files, in the same transaction.

mode:    write
returns: fromId STRING
:param fromId => 'card-1'
:param mergeId => 'people-1'
*/
MATCH (gone:User {id: $fromId})-[merge:MERGED_INTO {id: $mergeId}]->(kept:User)
DELETE merge
SET gone.version = coalesce(gone.version, 0) + 1
RETURN gone.id AS fromId
