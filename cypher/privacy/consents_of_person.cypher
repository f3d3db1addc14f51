// Consents of a person: what they decided, null where they have not, and what holds without that.
/*
`ground` is on what an operator brought them here, if one did.

mode:    read
returns: assumed LIST<STRING>, grounds LIST<STRING>, since STRING, known BOOLEAN, ground STRING,
         child BOOLEAN, simulated BOOLEAN, declared BOOLEAN, guardians LIST<STRING>, safety BOOLEAN,
         personalisation BOOLEAN, remembering BOOLEAN, training BOOLEAN, experiments BOOLEAN,
         analytics BOOLEAN, warehouse BOOLEAN, marketing BOOLEAN
:param userId => 'child-1'
*/
MATCH (rules:ConsentRules {id: 'rules'})
OPTIONAL MATCH (user:User {id: $userId})
RETURN rules.assumed AS assumed, rules.grounds AS grounds, rules.since AS since,
       user IS NOT NULL AS known, user.ground AS ground,
       coalesce(user.child, false) AS child, coalesce(user.simulated, false) AS simulated,
       user.allergiesDeclaredAt IS NOT NULL OR user.sealed IS NOT NULL AS declared,
       [(guardian:User)-[:GUARDIAN_OF]->(user) | guardian.id] AS guardians,
       user.safety AS safety, user.personalisation AS personalisation,
       user.remembering AS remembering, user.training AS training,
       user.experiments AS experiments, user.analytics AS analytics,
       user.warehouse AS warehouse, user.marketing AS marketing
ORDER BY since
