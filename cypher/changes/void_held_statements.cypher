// Void held statements: those about drinks with an ingredient that became something else.
/*
A late step of every change, in its transaction: what the producer of a drink declared was about the
parts as they were. See the file for drinks.

mode:    write
returns:
:param ids => ['butter']
:param day => '2026-01-31'
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (ingredient:Ingredient {id: id})
WHERE ingredient.composedIn = catalogue.version
MATCH (ingredient)<-[:CONTAINS|IS_A|MADE_OF*1..]-(drink:Drink)
WITH DISTINCT catalogue, drink
MATCH (drink)-[said:FREE_FROM]->(allergen:Allergen)
WHERE coalesce(said.writtenIn, 0) < catalogue.version
CREATE (drink)-[was:WAS_FREE_FROM]->(allergen)
SET was.source = said.source, was.observedAt = said.observedAt, was.writtenIn = said.writtenIn,
    was.voidedAt = $day, was.because = 'PARTS_CHANGED', drink.changedAt = catalogue.version
DELETE said
