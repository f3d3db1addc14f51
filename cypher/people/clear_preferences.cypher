// Clear preferences: forget what a person likes and dislikes, before they choose again.
/*
mode:    write
returns: cleared INTEGER
:param userId => 'user-1'
*/
MATCH (user:User {id: $userId})-[preference:LIKES|DISLIKES]->(target)
DELETE preference
RETURN count(*) AS cleared
