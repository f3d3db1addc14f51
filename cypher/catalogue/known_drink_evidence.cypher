// Known drink evidence: every statement on allergens about some drinks.
/*
A newer statement of the same source takes the place of its older one. One that is void is known
too: said once more as it was, it stays void.

mode:    read
returns: subjectId STRING, allergenId STRING, status STRING, source STRING,
         observedAt STRING, proteinMgPerServing FLOAT, doseSource STRING
:param ids => ['oat-flat-white']
*/
UNWIND $ids AS id
MATCH (drink:Drink {id: id})-[evidence:HAS_ALLERGEN|MAY_CONTAIN|FREE_FROM|WAS_FREE_FROM]->(allergen:Allergen)
RETURN drink.id AS subjectId, allergen.id AS allergenId, type(evidence) AS status,
       coalesce(evidence.source, '') AS source, evidence.observedAt AS observedAt,
       evidence.proteinMgPerServing AS proteinMgPerServing, evidence.doseSource AS doseSource
ORDER BY subjectId, allergenId, source, status
