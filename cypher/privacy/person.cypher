// Person: everything kept on the node of one person.
/*
mode:    read
returns: userId STRING, properties MAP
:param userId => 'user-1'
*/
MATCH (user:User {id: $userId})
RETURN user.id AS userId, properties(user) AS properties
ORDER BY userId
