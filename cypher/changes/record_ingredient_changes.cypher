// Record ingredient changes: keep what changed in the facts that decide safety.
/*
The last step of a change, in its transaction: each of these ingredients whose facts differ from
those last recorded gets one change, with all its facts before and after. See the file for drinks.

mode:    write
returns: subjectId STRING, version INTEGER
:param ids => ['butter']
:param mark => '0f8fad5bd9cb469fa16570867728950e'
:param by => 'anna'
:param at => '2026-01-31T10:00:00Z'
:param kind => 'REVIEW'
:param source => 'label photographed 2026-01-30'
:param note => null
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (ingredient:Ingredient {id: id})
WITH ingredient, catalogue.version AS version,
     [(ingredient)-[link:IS_A|MADE_OF]->(parent:Ingredient)
      | CASE WHEN type(link) = 'IS_A' THEN 'is a ' ELSE 'made of ' END + parent.id
        + coalesce(' | ' + link.source, '')]
     + [(ingredient)-[evidence:HAS_ALLERGEN|MAY_CONTAIN|FREE_FROM|WAS_FREE_FROM]->(allergen:Allergen)
        | type(evidence) + ' ' + allergen.id + coalesce(' | ' + evidence.source, '')
          + coalesce(' | ' + evidence.observedAt, '')
          + coalesce(' | ' + toString(evidence.proteinMgPerServing)
                     + ' mg protein per serving', '')
          + coalesce(' | measured by ' + evidence.doseSource, '')
          + coalesce(CASE WHEN evidence.because = 'EXPIRED' THEN ' | expired '
                          ELSE ' | void since ' END + evidence.voidedAt, '')]
     + [CASE WHEN coalesce(ingredient.reviewed, false)
             THEN 'reviewed' + coalesce(' | ' + ingredient.source, '')
             ELSE 'not reviewed' + coalesce(' | expired ' + ingredient.reviewExpiredOn, '') END,
        CASE WHEN coalesce(ingredient.dietsReviewed, false) THEN 'diets reviewed'
             ELSE 'diets not reviewed' END] AS after
WHERE ingredient.facts IS NULL OR size(ingredient.facts) <> size(after)
   OR any(fact IN after WHERE NOT fact IN ingredient.facts)
CREATE (change:Change {
  id: 'ingredient ' + ingredient.id + ' ' + $mark, version: version, at: $at, by: $by,
  kind: $kind, source: $source, note: $note, before: coalesce(ingredient.facts, []), after: after
})-[:ABOUT]->(ingredient)
SET ingredient.facts = after
RETURN ingredient.id AS subjectId, version AS version
