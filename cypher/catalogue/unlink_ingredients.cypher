// Unlink ingredients: from everything one source said they are or are made of.
/*
The first step of linking them again. What another source said stays: no import can take away what
the bundled knowledge says about an ingredient.

mode:    write
returns:
:param ids => ['butter']
:param source => 'operator'
*/
UNWIND $ids AS id
MATCH (ingredient:Ingredient {id: id})-[link:IS_A|MADE_OF|HAS_FLAVOR {source: $source}]->()
DELETE link
