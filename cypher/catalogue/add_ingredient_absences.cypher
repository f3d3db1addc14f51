// Add ingredient absences: the allergens each ingredient is declared free from.
/*
The same source's older statements have been removed in the same transaction. The version shows
whether it was said before or after the recipe last changed.

mode:    write
returns:
:param rows => [{id: 'butter', allergenId: 'milk', source: 'Dairy Ltd', observedAt: '2026-01-31'}]
*/
UNWIND $rows AS row
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (ingredient:Ingredient {id: row.id})
MATCH (allergen:Allergen {id: row.allergenId})
CREATE (ingredient)-[:FREE_FROM {
  source: row.source, observedAt: row.observedAt, writtenIn: catalogue.version}]->(allergen)
