// People: who may be named in the warehouse, and who is simulated.
/*
Nobody is `named` who refuses personal lists; nothing else about them is read.

mode:    read
returns: id STRING, named BOOLEAN, simulated BOOLEAN
*/
MATCH (user:User)
RETURN user.id AS id, coalesce(user.personalisation, true) AS named,
       coalesce(user.simulated, false) AS simulated
ORDER BY id
