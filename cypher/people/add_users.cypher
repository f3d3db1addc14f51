// Add users: those whom only interactions name.
/*
They declared nothing. A user who is there already is left as is, but locked until the transaction
ends: what it reads of them afterwards stays so.

mode:    write
returns:
:param ids => ['guest-3']
:param simulated => false
*/
UNWIND $ids AS id
MERGE (user:User {id: id})
  ON CREATE SET user.version = 0, user.simulated = $simulated
  ON MATCH SET user.version = coalesce(user.version, 0)
