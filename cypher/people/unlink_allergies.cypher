// Unlink allergies: those that an earlier import brought.
/*
What people declared themselves stays: only they can withdraw it.

mode:    write
returns:
:param ids => ['guest-1']
*/
UNWIND $ids AS id
MATCH (user:User {id: id})-[link:ALLERGIC_TO {source: 'import'}]->()
DELETE link
