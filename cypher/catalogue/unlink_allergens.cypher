// Unlink allergens: from their groups and the regulations that list them.
/*
First step of linking them anew.

mode:    write
returns:
:param ids => ['almond']
*/
UNWIND $ids AS id
MATCH (allergen:Allergen {id: id})
OPTIONAL MATCH (allergen)-[link:PART_OF]->(:Allergen)
OPTIONAL MATCH (:Regulation)-[listing:LISTS]->(allergen)
DELETE link, listing
