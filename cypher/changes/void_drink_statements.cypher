// Void drink statements: what was said about drinks that have since changed no longer counts.
/*
A late step of every change, in its transaction. A statement of absence that was written before the
drink, or any part of it, became another, or is dated before that day, is turned into one that no
rule reads; so is one dated before the catalogue's `expiredBefore`, or undated if that is set.
Statements of presence stay, however old.

mode:    write
returns:
:param ids => ['oat-flat-white']
:param day => '2026-01-31'
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (drink:Drink {id: id})-[said:FREE_FROM]->(allergen:Allergen)
OPTIONAL MATCH (drink)-[:CONTAINS|IS_A|MADE_OF*1..]->(part:Ingredient)
WITH catalogue, drink, said, allergen, max(coalesce(part.composedIn, 0)) AS partsIn,
     max(coalesce(part.composedOn, '')) AS partsOn
WITH catalogue, drink, said, allergen,
     coalesce(said.writtenIn, 0) < coalesce(drink.composedIn, 0)
       OR coalesce(said.observedAt, '') < coalesce(drink.composedOn, '') AS byDrink,
     coalesce(said.writtenIn, 0) < partsIn OR coalesce(said.observedAt, '') < partsOn AS byParts,
     coalesce(said.observedAt, '') < coalesce(catalogue.expiredBefore, '') AS byAge
WHERE byDrink OR byParts OR byAge
CREATE (drink)-[was:WAS_FREE_FROM]->(allergen)
SET was.source = said.source, was.observedAt = said.observedAt, was.writtenIn = said.writtenIn,
    was.voidedAt = $day,
    was.because = CASE WHEN byDrink THEN coalesce(drink.composedBecause, 'RECIPE_CHANGED')
                       WHEN byParts THEN 'PARTS_CHANGED' ELSE 'EXPIRED' END,
    drink.changedAt = catalogue.version
DELETE said
