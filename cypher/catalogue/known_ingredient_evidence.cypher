// Known ingredient evidence: every statement on allergens about some ingredients.
/*
A newer statement by the same source replaces its older one. Void ones are included: repeated
unchanged, a void statement stays void.

mode:    read
returns: subjectId STRING, allergenId STRING, status STRING, source STRING,
         observedAt STRING, proteinMgPerServing FLOAT, doseSource STRING
:param ids => ['oat-drink', 'butter']
*/
UNWIND $ids AS id
MATCH (ingredient:Ingredient {id: id})-[evidence:HAS_ALLERGEN|MAY_CONTAIN|FREE_FROM|WAS_FREE_FROM]->(allergen:Allergen)
RETURN ingredient.id AS subjectId, allergen.id AS allergenId, type(evidence) AS status,
       coalesce(evidence.source, '') AS source, evidence.observedAt AS observedAt,
       evidence.proteinMgPerServing AS proteinMgPerServing, evidence.doseSource AS doseSource
ORDER BY subjectId, allergenId, source, status
