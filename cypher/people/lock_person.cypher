// Lock a person: nothing is added to what they did until the transaction ends.
/*
Who adds events meanwhile waits, and then finds what this transaction has written. Their version
advances.

mode:    write
returns:
:param userId => 'user-1'
*/
MATCH (user:User {id: $userId})
SET user.version = coalesce(user.version, 0) + 1
