// Unlink styles: from the groups that they are part of.
/*
First step of linking them anew.

mode:    write
returns:
:param ids => ['ipa']
*/
UNWIND $ids AS id
MATCH (:Style {id: id})-[link:PART_OF]->(:Style)
DELETE link
