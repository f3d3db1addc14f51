// May keep: whether what a person declares of allergies, diets and limits may be kept.
/*
It may if they agreed, or have not decided and some is kept already, by an operator's table too, or
need not be asked here.

mode:    read
returns: keeps BOOLEAN
:param userId => 'user-1'
*/
OPTIONAL MATCH (rules:ConsentRules {id: 'rules'})
WITH coalesce('safety' IN rules.assumed, false) AS assumed
MATCH (user:User {id: $userId})
RETURN coalesce(user.safety,
                assumed OR user.allergiesDeclaredAt IS NOT NULL OR user.sealed IS NOT NULL
                OR user.fingerprint IS NOT NULL
                OR coalesce(user.simulated, false)) AS keeps
ORDER BY keeps
