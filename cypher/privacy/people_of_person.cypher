// People of a person: somebody, and all who were merged into them.
/*
mode:    read
returns: id STRING
:param userId => 'user-1'
*/
MATCH (user:User {id: $userId})
OPTIONAL MATCH (other:User)-[:MERGED_INTO*1..]->(user)
WITH user.id AS own, collect(DISTINCT other.id) AS others
UNWIND others + own AS id
RETURN DISTINCT id AS id
ORDER BY id
