// Unlink drinks: from their flavors, styles and producers.
/*
First step of linking them anew.

mode:    write
returns:
:param ids => ['oat-flat-white']
*/
UNWIND $ids AS id
MATCH (drink:Drink {id: id})-[link:HAS_FLAVOR|OF_STYLE|MADE_BY]->()
DELETE link
