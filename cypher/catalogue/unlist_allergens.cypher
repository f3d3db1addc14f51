// Unlist allergens: from these regulations.
/*
The first step of listing them again: a law's list is read as a whole.

mode:    write
returns:
:param ids => ['eu-14']
*/
UNWIND $ids AS id
MATCH (regulation:Regulation {id: id})-[listing:LISTS]->(:Allergen)
DELETE listing
