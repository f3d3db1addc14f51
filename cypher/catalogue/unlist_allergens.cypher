// Unlist allergens: from these regulations.
/*
First step of listing them anew: a law's list is read as a whole.

mode:    write
returns:
:param ids => ['eu-14']
*/
UNWIND $ids AS id
MATCH (regulation:Regulation {id: id})-[listing:LISTS]->(:Allergen)
DELETE listing
