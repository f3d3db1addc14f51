// People: everybody's id, for finding those who were erased after a backup was made.
/*
`merged` says whether the id is another name of somebody else.

mode:    read
returns: id STRING, merged BOOLEAN
*/
MATCH (user:User)
RETURN user.id AS id, EXISTS { MATCH (user)-[:MERGED_INTO]->(:User) } AS merged
ORDER BY id
