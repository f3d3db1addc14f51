// Record decisions: what a person, or somebody for them, agreed to or refused; never changed later.
/*
`guardian` is a hash of the guardian's id.

mode:    write
returns: id STRING
:param userId => 'user-1'
:param rows => [{id: 'c-2', purpose: 'training', given: true, ground: 'consent', textVersion: '1', textHash: 'a hash of a text', language: 'en'}]
:param receiptId => 'r-2'
:param at => '2026-11-21T08:00:00Z'
:param surface => 'storefront'
:param by => 'person'
:param guardian => ''
*/
UNWIND $rows AS row
MATCH (user:User {id: $userId})
MERGE (purpose:Purpose {id: row.purpose})
CREATE (user)-[decision:DECIDED {id: row.id, receiptId: $receiptId, given: row.given,
  ground: row.ground, decidedAt: $at, textVersion: row.textVersion, textHash: row.textHash,
  language: row.language, surface: $surface, by: $by, guardian: $guardian}]->(purpose)
RETURN decision.id AS id
ORDER BY id
