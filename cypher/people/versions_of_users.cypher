// Versions of users: their sum, which grows with every change of any of them.
/*
An import reads it before and after writing events, to learn how many were new.

mode:    read
returns: versions INTEGER
:param ids => ['guest-1', 'guest-2']
*/
UNWIND $ids AS id
MATCH (user:User {id: id})
RETURN coalesce(sum(user.version), 0) AS versions
