// Known ingredients: what an import matches ingredient text against.
/*
An ingredient without a fingerprint has only been named, in a recipe or as a group.

mode:    read
returns: id STRING, name STRING, synonyms LIST<STRING>, reviewed BOOLEAN,
         dietsReviewed BOOLEAN, source STRING, fingerprint STRING
*/
MATCH (ingredient:Ingredient)
RETURN ingredient.id AS id, ingredient.name AS name,
       coalesce(ingredient.synonyms, []) AS synonyms,
       coalesce(ingredient.reviewed, false) AS reviewed,
       coalesce(ingredient.dietsReviewed, false) AS dietsReviewed, ingredient.source AS source,
       ingredient.fingerprint AS fingerprint
ORDER BY id
