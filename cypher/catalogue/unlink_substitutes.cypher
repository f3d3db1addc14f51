// Unlink substitutes: of these ingredients, all.
/*
First step of linking them anew.

mode:    write
returns:
:param ids => ['cream']
*/
UNWIND $ids AS id
MATCH (ingredient:Ingredient {id: id})-[link:REPLACED_BY]->(:Ingredient)
DELETE link
