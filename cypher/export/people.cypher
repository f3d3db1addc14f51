// People: who may be named in the warehouse, and who is simulated.
/*
Nobody is `named` for whom neither a consent nor another ground of the warehouse and of personal lists
holds; nothing else about them is read.

mode:    read
returns: id STRING, named BOOLEAN, simulated BOOLEAN
*/
MATCH (rules:ConsentRules {id: 'rules'})
MATCH (user:User)
RETURN user.id AS id,
       coalesce(user.warehouse, user.ground IS NOT NULL OR 'warehouse' IN rules.assumed, false)
         AND coalesce(user.personalisation, user.ground IS NOT NULL OR 'personalisation' IN rules.assumed, false) AS named,
       coalesce(user.simulated, false) AS simulated
ORDER BY id
