// Merge a drink: from now on it is another one, which takes over what people did with it.
/*
The other gets what makes it at least as strict as both; parts, evidence and events are written by
other files, in the same transaction. `undo` holds what both were, as JSON. Everything known about
the drink itself stays; it is no longer on offer.

mode:    write
returns: version INTEGER
:param fromId => 'oat-flat-white'
:param intoId => 'flat-white'
:param lastDay => '2026-01-30'
:param complete => false
:param abv => null
:param caffeine => 60.0
:param changeId => 'merge-0f8fad5b'
:param undo => '{}'
:param by => 'anna'
:param at => '2026-01-31T10:00:00Z'
:param note => null
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (gone:Drink {id: $fromId})
MATCH (kept:Drink {id: $intoId})
SET gone.availableUntil = $lastDay, gone.changedAt = catalogue.version,
    kept.recipeComplete = $complete, kept.abv = $abv, kept.caffeineMgPer100ml = $caffeine,
    kept.changedAt = catalogue.version
CREATE (gone)-[merge:MERGED_INTO {id: $changeId, undo: $undo}]->(kept)
CREATE (change:Change {
  id: $changeId, version: catalogue.version, at: $at, by: $by, kind: 'MERGE', note: $note,
  before: coalesce(gone.facts, []), after: coalesce(gone.facts, []) + ('merged into ' + kept.id)
})-[:ABOUT]->(gone)
RETURN catalogue.version AS version
