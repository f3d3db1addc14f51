// Consent rules: which purposes hold here until somebody says no, each with its ground, and since when.
/*
A purpose that is not among them holds for nobody before they agree. `assumed` and `grounds`
correspond by position.

mode:    read
returns: assumed LIST<STRING>, grounds LIST<STRING>, since STRING
*/
MATCH (rules:ConsentRules {id: 'rules'})
RETURN rules.assumed AS assumed, rules.grounds AS grounds, rules.since AS since
ORDER BY since
