// Unlink ingredients: from everything that one source said they are or are made of.
/*
First step of linking them anew. What another source said stays: no import can take away what
the bundled knowledge says about an ingredient.

mode:    write
returns:
:param ids => ['butter']
:param source => 'operator'
*/
UNWIND $ids AS id
MATCH (ingredient:Ingredient {id: id})-[link:IS_A|MADE_OF|HAS_FLAVOR {source: $source}]->()
DELETE link
