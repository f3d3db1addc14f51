// Void ingredient statements: what was said about ingredients that have since changed.
/*
A late step of every change, in its transaction; see the file for drinks.

mode:    write
returns:
:param ids => ['butter']
:param day => '2026-01-31'
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (ingredient:Ingredient {id: id})-[said:FREE_FROM]->(allergen:Allergen)
WITH catalogue, ingredient, said, allergen,
     coalesce(said.writtenIn, 0) < coalesce(ingredient.composedIn, 0)
       OR coalesce(said.observedAt, '') < coalesce(ingredient.composedOn, '') AS byParts,
     coalesce(said.observedAt, '') < coalesce(catalogue.expiredBefore, '') AS byAge
WHERE byParts OR byAge
CREATE (ingredient)-[was:WAS_FREE_FROM]->(allergen)
SET was.source = said.source, was.observedAt = said.observedAt, was.writtenIn = said.writtenIn,
    was.voidedAt = $day,
    was.because = CASE WHEN byParts THEN 'PARTS_CHANGED' ELSE 'EXPIRED' END,
    ingredient.changedAt = catalogue.version
DELETE said
