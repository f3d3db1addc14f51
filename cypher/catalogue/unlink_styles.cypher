// Unlink styles: from the groups that they are part of.
/*
The first step of linking them again.

mode:    write
returns:
:param ids => ['ipa']
*/
UNWIND $ids AS id
MATCH (:Style {id: id})-[link:PART_OF]->(:Style)
DELETE link
