// Known users: what an import compares its users with.
/*
The fingerprint tells whether anything in a user's row changed.

mode:    read
returns: id STRING, fingerprint STRING, unresolved LIST<STRING>
:param ids => ['guest-1', 'guest-2']
*/
UNWIND $ids AS id
MATCH (user:User {id: id})
RETURN user.id AS id, user.fingerprint AS fingerprint,
       coalesce(user.unresolved, []) AS unresolved
ORDER BY id
