// Unlink preferences: those that an earlier import brought.
/*
What people said themselves stays.

mode:    write
returns:
:param ids => ['guest-1']
*/
UNWIND $ids AS id
MATCH (user:User {id: id})-[link:LIKES|DISLIKES {source: 'import'}]->()
DELETE link
