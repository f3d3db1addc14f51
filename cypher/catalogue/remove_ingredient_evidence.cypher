// Remove ingredient evidence: the first step of replacing a source's statements.
/*
Each source has one statement about an allergen; what other sources say stays. A void statement is
removed only if another is about to replace it.

mode:    write
returns:
:param rows => [{id: 'butter', allergenId: 'milk', source: 'Dairy Ltd', replaced: true}]
*/
UNWIND $rows AS row
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (ingredient:Ingredient {id: row.id})
SET ingredient.changedAt = catalogue.version
WITH row, ingredient
OPTIONAL MATCH (ingredient)-[evidence:HAS_ALLERGEN|MAY_CONTAIN|FREE_FROM|WAS_FREE_FROM]->
               (:Allergen {id: row.allergenId})
WHERE coalesce(evidence.source, '') = row.source
  AND (coalesce(row.replaced, false) OR type(evidence) <> 'WAS_FREE_FROM')
DELETE evidence
