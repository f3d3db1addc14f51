// Advance a profile's version: the first step of every change to a person.
/*
Creates the person at their first change. Somebody who was merged into another can no longer declare
anything.

mode:    write
returns: version INTEGER, sealed BOOLEAN, mergedInto STRING
:param userId => 'card-1'
*/
MERGE (user:User {id: $userId})
SET user.version = coalesce(user.version, 0) + 1
RETURN user.version AS version, user.sealed IS NOT NULL AS sealed,
       head([(user)-[:MERGED_INTO]->(other:User) | other.id]) AS mergedInto
