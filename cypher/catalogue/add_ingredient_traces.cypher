// Add ingredient traces: the allergens each ingredient may contain.
/*
The same source's older statements have been removed in the same transaction. A quantity, in mg of
the allergen's protein per serving, is stored and shown; no rule reads it.

mode:    write
returns:
:param rows => [{id: 'butter', allergenId: 'milk', source: 'Dairy Ltd', observedAt: '2026-01-31', proteinMgPerServing: 0.4, doseSource: 'laboratory report 7'}]
*/
UNWIND $rows AS row
MATCH (ingredient:Ingredient {id: row.id})
MATCH (allergen:Allergen {id: row.allergenId})
CREATE (ingredient)-[:MAY_CONTAIN {
  source: row.source, observedAt: row.observedAt,
  proteinMgPerServing: row.proteinMgPerServing, doseSource: row.doseSource}]->(allergen)
