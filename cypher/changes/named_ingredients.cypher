// Named ingredients: which of these ids exist, and whether they are reviewed.
/*
mode:    read
returns: id STRING, name STRING, reviewed BOOLEAN, source STRING
:param ids => ['butter', 'dairy', 'nothing']
*/
UNWIND $ids AS wanted
MATCH (ingredient:Ingredient {id: wanted})
RETURN ingredient.id AS id, coalesce(ingredient.name, ingredient.id) AS name,
       coalesce(ingredient.reviewed, false) AS reviewed, ingredient.source AS source
ORDER BY id
