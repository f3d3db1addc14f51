// Record a rejection: somebody looked at an ingredient and could not say what it contains.
/*
Nothing else changes: it stays unreviewed, and so unsafe. The facts before and after are the same.

mode:    write
returns: version INTEGER
:param ingredientId => 'dairy'
:param mark => '0f8fad5bd9cb469fa16570867728950e'
:param by => 'anna'
:param at => '2026-01-31T10:00:00Z'
:param kind => 'REJECTION'
:param source => null
:param note => 'the text names two things'
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (ingredient:Ingredient {id: $ingredientId})
WITH ingredient, catalogue.version AS version, coalesce(ingredient.facts, []) AS facts
CREATE (change:Change {
  id: 'ingredient ' + ingredient.id + ' ' + $mark, version: version, at: $at, by: $by,
  kind: $kind, source: $source, note: $note, before: facts, after: facts
})-[:ABOUT]->(ingredient)
RETURN version AS version
