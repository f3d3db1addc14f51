// Add users: those whom only interactions name.
/*
They declared nothing. A user who is there already is left as is.

mode:    write
returns:
:param ids => ['guest-3']
:param simulated => false
*/
UNWIND $ids AS id
MERGE (user:User {id: id})
  ON CREATE SET user.version = 0, user.simulated = $simulated
