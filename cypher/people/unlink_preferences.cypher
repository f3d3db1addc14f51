// Unlink preferences: those that an earlier import brought.
/*
What the people themselves said stays.

mode:    write
returns:
:param ids => ['guest-1']
*/
UNWIND $ids AS id
MATCH (user:User {id: id})-[link:LIKES|DISLIKES {source: 'import'}]->()
DELETE link
