// Unlink allergens: from their groups.
/*
First step of linking them anew.

mode:    write
returns:
:param ids => ['almond']
*/
UNWIND $ids AS id
MATCH (allergen:Allergen {id: id})-[link:PART_OF]->(:Allergen)
DELETE link
