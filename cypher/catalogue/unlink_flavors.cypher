// Unlink flavors: from the groups that they are part of.
/*
The first step of linking them again.

mode:    write
returns:
:param ids => ['lemony']
*/
UNWIND $ids AS id
MATCH (:Flavor {id: id})-[link:PART_OF]->(:Flavor)
DELETE link
