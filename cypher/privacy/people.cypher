// People: the id of everybody, to find those who were erased after a backup was made.
/*
mode:    read
returns: id STRING
*/
MATCH (user:User)
RETURN user.id AS id
ORDER BY id
