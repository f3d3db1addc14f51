// People of a person: somebody, and everybody who was merged into them.
/*
mode:    read
returns: id STRING
:param userId => 'user-1'
*/
MATCH (user:User {id: $userId})<-[:MERGED_INTO*0..]-(other:User)
RETURN DISTINCT other.id AS id
ORDER BY id
