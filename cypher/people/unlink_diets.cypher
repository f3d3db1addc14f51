// Unlink people's diets: those that an earlier import brought.
/*
What the people themselves declared stays: only they can take it back.

mode:    write
returns:
:param ids => ['guest-1']
*/
UNWIND $ids AS id
MATCH (user:User {id: id})-[link:FOLLOWS {source: 'import'}]->(:Diet)
DELETE link
