// Record held changes: statements about drinks that become void because of an ingredient.
/*
Just before they do, in the same transaction: each drink that contains an ingredient that became
something else gets one change. See the file for drinks.

mode:    write
returns: subjectId STRING, version INTEGER
:param ids => ['butter']
:param day => '2026-01-31'
:param mark => '0f8fad5bd9cb469fa16570867728950e'
:param by => 'anna'
:param at => '2026-01-31T10:00:00Z'
:param kind => 'IMPORT'
:param source => 'operator'
:param note => null
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (ingredient:Ingredient {id: id})
WHERE ingredient.composedIn = catalogue.version
MATCH (ingredient)<-[:CONTAINS|IS_A|MADE_OF*1..]-(drink:Drink)
WITH DISTINCT catalogue.version AS version, drink
WHERE any(fact IN coalesce(drink.facts, []) WHERE fact STARTS WITH 'FREE_FROM ')
WITH version, drink,
     [fact IN drink.facts
      | CASE WHEN fact STARTS WITH 'FREE_FROM ' THEN 'WAS_' + fact + ' | void since ' + $day
             ELSE fact END] AS after
CREATE (change:Change {
  id: 'drink ' + drink.id + ' ' + $mark, version: version, at: $at, by: $by,
  kind: $kind, source: $source, note: $note, before: drink.facts, after: after
})-[:ABOUT]->(drink)
SET drink.facts = after
RETURN drink.id AS subjectId, version AS version
