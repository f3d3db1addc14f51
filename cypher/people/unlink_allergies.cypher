// Unlink allergies: those that an earlier import brought.
/*
What the people themselves declared stays: only they can take it back.

mode:    write
returns:
:param ids => ['guest-1']
*/
UNWIND $ids AS id
MATCH (user:User {id: id})-[link:ALLERGIC_TO {source: 'import'}]->()
DELETE link
