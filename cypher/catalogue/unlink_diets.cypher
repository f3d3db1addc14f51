// Unlink diets: from the ingredients that they avoid.
/*
First step of linking them anew, in the same transaction.

mode:    write
returns:
:param ids => ['vegan']
*/
UNWIND $ids AS id
MATCH (:Diet {id: id})-[link:AVOIDS]->(:Ingredient)
DELETE link
