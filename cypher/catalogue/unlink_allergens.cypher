// Unlink allergens: from their groups.
/*
The first step of linking them again.

mode:    write
returns:
:param ids => ['almond']
*/
UNWIND $ids AS id
MATCH (allergen:Allergen {id: id})-[link:PART_OF]->(:Allergen)
DELETE link
