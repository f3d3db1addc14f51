// Unlink diets: from the ingredients that they avoid.
/*
The first step of linking them again, in the same transaction.

mode:    write
returns:
:param ids => ['vegan']
*/
UNWIND $ids AS id
MATCH (:Diet {id: id})-[link:AVOIDS]->(:Ingredient)
DELETE link
