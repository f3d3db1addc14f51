// Merge a person: from now on their id is another name of the other's.
/*
What they declared also stays with them, since a token of theirs may still be valid. `undo` holds
what the other had declared, where that has changed, as JSON.

mode:    write
returns: version INTEGER
:param fromId => 'guest-1'
:param intoId => 'user-1'
:param changeId => 'people-0f8fad5b'
:param undo => '{}'
:param by => 'anna'
:param at => '2026-01-31T10:00:00Z'
:param note => null
*/
MATCH (gone:User {id: $fromId})
MATCH (kept:User {id: $intoId})
CREATE (gone)-[:MERGED_INTO {id: $changeId, undo: $undo, by: $by, at: $at, note: $note}]->(kept)
SET gone.version = coalesce(gone.version, 0) + 1
RETURN kept.version AS version
