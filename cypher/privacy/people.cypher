// People: the id of everybody, to find those who were erased after a backup was made.
/*
`merged` says whether their id is another name of somebody else's.

mode:    read
returns: id STRING, merged BOOLEAN
*/
MATCH (user:User)
RETURN user.id AS id, EXISTS { MATCH (user)-[:MERGED_INTO]->(:User) } AS merged
ORDER BY id
