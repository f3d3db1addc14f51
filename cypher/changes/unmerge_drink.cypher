// Unmerge a drink: it stands on its own again, and the other is what it was.
/*
Parts, statements, evidence and events are restored by other files, in the same transaction.

mode:    write
returns: version INTEGER
:param mergeId => 'merge-1'
:param changeId => 'undo-0f8fad5b'
:param availableUntil => null
:param complete => true
:param abv => 0.0
:param caffeine => 60.0
:param composition => ['named Flat white', 'recipe complete']
:param composedIn => null
:param composedOn => null
:param composedBecause => null
:param by => 'anna'
:param at => '2026-01-31T10:00:00Z'
:param note => null
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (gone:Drink)-[merge:MERGED_INTO {id: $mergeId}]->(kept:Drink)
SET gone.availableUntil = $availableUntil, gone.changedAt = catalogue.version,
    kept.recipeComplete = $complete, kept.abv = $abv, kept.caffeineMgPer100ml = $caffeine,
    kept.composition = $composition, kept.composedIn = $composedIn,
    kept.composedOn = $composedOn, kept.composedBecause = $composedBecause,
    kept.changedAt = catalogue.version
CREATE (change:Change {
  id: $changeId, version: catalogue.version, at: $at, by: $by, kind: 'UNDO', note: $note,
  before: coalesce(gone.facts, []) + ('merged into ' + kept.id), after: coalesce(gone.facts, [])
})-[:ABOUT]->(gone)
DELETE merge
RETURN catalogue.version AS version
