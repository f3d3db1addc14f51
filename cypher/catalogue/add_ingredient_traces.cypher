// Add ingredient traces: which allergens it may contain.
/*
The same source's older statements have been removed in the same transaction. A quantity, in mg of
protein of the allergen in a serving, is held and shown; no rule reads it.

mode:    write
returns:
:param rows => [{id: 'butter', allergenId: 'milk', source: 'Dairy Ltd', observedAt: '2026-01-31', proteinMgPerServing: 0.4, doseSource: 'laboratory report 7'}]
*/
UNWIND $rows AS row
MATCH (ingredient:Ingredient {id: row.id})
MATCH (allergen:Allergen {id: row.allergenId})
CREATE (ingredient)-[evidence:MAY_CONTAIN]->(allergen)
SET evidence.source = row.source, evidence.observedAt = row.observedAt,
    evidence.proteinMgPerServing = row.proteinMgPerServing,
    evidence.doseSource = row.doseSource
