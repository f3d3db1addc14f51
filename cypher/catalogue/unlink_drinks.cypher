// Unlink drinks: from their flavors, styles and producers.
/*
The first step of linking them again.

mode:    write
returns:
:param ids => ['oat-flat-white']
*/
UNWIND $ids AS id
MATCH (drink:Drink {id: id})-[link:HAS_FLAVOR|OF_STYLE|MADE_BY]->()
DELETE link
