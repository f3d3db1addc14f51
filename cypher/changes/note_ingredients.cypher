// Note ingredients: what they are and are made of before a change, if that is not noted yet.
/*
An early step of every change. Nothing is known that could change about an ingredient that has only
been named, in a recipe or as a group.

mode:    write
returns:
:param ids => ['butter']
*/
UNWIND $ids AS id
MATCH (ingredient:Ingredient {id: id})
WHERE ingredient.composition IS NULL
WITH ingredient,
     [(ingredient)-[link:IS_A|MADE_OF]->(parent:Ingredient)
      | CASE WHEN type(link) = 'IS_A' THEN 'is a ' ELSE 'made of ' END + parent.id] AS now
WHERE size(now) > 0 OR coalesce(ingredient.reviewed, false)
SET ingredient.composition = now
