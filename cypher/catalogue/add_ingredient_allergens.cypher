// Add ingredient allergens: the allergens each ingredient contains.
/*
The same source's older statements have been removed in the same transaction.

mode:    write
returns:
:param rows => [{id: 'butter', allergenId: 'milk', source: 'Dairy Ltd', observedAt: '2026-01-31'}]
*/
UNWIND $rows AS row
MATCH (ingredient:Ingredient {id: row.id})
MATCH (allergen:Allergen {id: row.allergenId})
CREATE (ingredient)-[:HAS_ALLERGEN {source: row.source, observedAt: row.observedAt}]->(allergen)
