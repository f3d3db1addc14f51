// Put consent rules: which purposes hold here until somebody says no, each with its ground.
/*
What people decided themselves comes before them. With `once` nothing happens if there are rules
already; and the moment stays unless something changes.

mode:    write
returns: since STRING
:param assumed => ['training']
:param grounds => ['legitimate-interest']
:param at => '2026-11-21T08:00:00Z'
:param once => false
*/
MERGE (rules:ConsentRules {id: 'rules'})
WITH rules, rules.since IS NULL
  OR (NOT $once AND (rules.assumed <> $assumed OR rules.grounds <> $grounds)) AS isNew
SET rules.assumed = CASE WHEN isNew THEN $assumed ELSE rules.assumed END,
    rules.grounds = CASE WHEN isNew THEN $grounds ELSE rules.grounds END,
    rules.since = CASE WHEN isNew THEN $at ELSE rules.since END
RETURN rules.since AS since
