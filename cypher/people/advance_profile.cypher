// Advance a profile's version: the first step of every change of a person.
/*
Creates the person at their first change.

mode:    write
returns: version INTEGER
:param userId => 'user-1'
*/
MERGE (user:User {id: $userId})
SET user.version = coalesce(user.version, 0) + 1
RETURN user.version AS version
