// Unlink flavors: from the groups that they are part of.
/*
First step of linking them anew.

mode:    write
returns:
:param ids => ['lemony']
*/
UNWIND $ids AS id
MATCH (:Flavor {id: id})-[link:PART_OF]->(:Flavor)
DELETE link
