// Mark a child: whether somebody needs a guardian to agree to anything.
/*
mode:    write
returns: userId STRING
:param userId => 'child-1'
:param child => false
*/
MATCH (user:User {id: $userId})
SET user.child = $child
RETURN user.id AS userId
