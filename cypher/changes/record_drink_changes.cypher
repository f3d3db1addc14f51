// Record drink changes: keep what changed in the facts that decide safety.
/*
The last step of a change, in its transaction: each of these drinks whose facts differ from those
last recorded gets one change, with all its facts before and after. A new drink has none before.
Facts are texts, in no order; ' | ' separates their parts. `mark` is new for each transaction: with
ids made from the version, two at once would break the constraint instead of waiting for each other.

mode:    write
returns: subjectId STRING, version INTEGER
:param ids => ['oat-flat-white']
:param mark => '0f8fad5bd9cb469fa16570867728950e'
:param by => 'anna'
:param at => '2026-01-31T10:00:00Z'
:param kind => 'IMPORT'
:param source => 'operator'
:param note => null
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (drink:Drink {id: id})
WITH drink, catalogue.version AS version,
     [(drink)-[line:CONTAINS]->(part:Ingredient)
      | 'contains ' + part.id
        + CASE WHEN line.amount IS NULL AND line.unit IS NULL THEN '' ELSE ' |' END
        + coalesce(' ' + toString(line.amount), '') + coalesce(' ' + line.unit, '')
        + CASE WHEN line.optional THEN ' | optional' ELSE '' END]
     + [(drink)-[evidence:HAS_ALLERGEN|MAY_CONTAIN|FREE_FROM|WAS_FREE_FROM]->(allergen:Allergen)
        | type(evidence) + ' ' + allergen.id + coalesce(' | ' + evidence.source, '')
          + coalesce(' | ' + evidence.observedAt, '')
          + coalesce(' | ' + toString(evidence.proteinMgPerServing)
                     + ' mg protein per serving', '')
          + coalesce(' | measured by ' + evidence.doseSource, '')
          + coalesce(CASE WHEN evidence.because = 'EXPIRED' THEN ' | expired '
                          ELSE ' | void since ' END + evidence.voidedAt, '')]
     + [CASE WHEN coalesce(drink.recipeComplete, false) THEN 'recipe complete'
             ELSE 'recipe not complete' END,
        'alcohol ' + coalesce(toString(drink.abv) + ' %', 'not known'),
        'caffeine ' + coalesce(toString(drink.caffeineMgPer100ml) + ' mg per 100 ml', 'not known')
       ] AS after
WHERE drink.facts IS NULL OR size(drink.facts) <> size(after)
   OR any(fact IN after WHERE NOT fact IN drink.facts)
CREATE (change:Change {
  id: 'drink ' + drink.id + ' ' + $mark, version: version, at: $at, by: $by,
  kind: $kind, source: $source, note: $note, before: coalesce(drink.facts, []), after: after
})-[:ABOUT]->(drink)
SET drink.facts = after
RETURN drink.id AS subjectId, version AS version
