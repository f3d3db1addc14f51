// Unlink people's diets: those that an earlier import brought.
/*
What people declared themselves stays: only they can withdraw it.

mode:    write
returns:
:param ids => ['guest-1']
*/
UNWIND $ids AS id
MATCH (user:User {id: id})-[link:FOLLOWS {source: 'import'}]->(:Diet)
DELETE link
