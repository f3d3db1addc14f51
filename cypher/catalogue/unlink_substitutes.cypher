// Unlink substitutes: all those of these ingredients.
/*
The first step of linking them again.

mode:    write
returns:
:param ids => ['cream']
*/
UNWIND $ids AS id
MATCH (ingredient:Ingredient {id: id})-[link:REPLACED_BY]->(:Ingredient)
DELETE link
