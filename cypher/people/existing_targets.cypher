// Existing targets: which of these allergens, ingredients and diets there are.
/*
A sealed profile has no relationships to them, so whoever seals it asks first.

mode:    read
returns: kind STRING, id STRING
:param allergenIds => ['milk', 'gone']
:param ingredientIds => ['gin']
:param dietIds => ['vegan']
*/
UNWIND [id IN $allergenIds | ['allergen', id]] + [id IN $ingredientIds | ['ingredient', id]]
     + [id IN $dietIds | ['diet', id]] AS named
OPTIONAL MATCH (allergen:Allergen {id: CASE named[0] WHEN 'allergen' THEN named[1] ELSE '' END})
OPTIONAL MATCH (ingredient:Ingredient {id: CASE named[0] WHEN 'ingredient' THEN named[1] ELSE '' END})
OPTIONAL MATCH (diet:Diet {id: CASE named[0] WHEN 'diet' THEN named[1] ELSE '' END})
WITH named, coalesce(allergen.id, ingredient.id, diet.id) AS id
WHERE id IS NOT NULL
RETURN named[0] AS kind, id
ORDER BY kind, id
