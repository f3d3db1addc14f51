// Add drink allergens: the allergens each drink contains.
/*
The same source's older statements have been removed in the same transaction.

mode:    write
returns:
:param rows => [{id: 'oat-flat-white', allergenId: 'milk', source: 'Dairy Ltd', observedAt: '2026-01-31'}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.id})
MATCH (allergen:Allergen {id: row.allergenId})
CREATE (drink)-[:HAS_ALLERGEN {source: row.source, observedAt: row.observedAt}]->(allergen)
