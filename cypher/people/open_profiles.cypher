// Open profiles: people whose declarations are in the clear, to be sealed.
/*
Simulated people are nobody, and stay as they are. `after` is the last id of the part before.

mode:    read
returns: id STRING
:param after => ''
:param most => 500
*/
MATCH (user:User)
WHERE user.id > $after AND NOT coalesce(user.simulated, false)
  AND (user.allergiesDeclaredAt IS NOT NULL OR user.regulation IS NOT NULL OR user.maxAbv IS NOT NULL
       OR user.maxCaffeineMgPer100ml IS NOT NULL
       OR any(text IN coalesce(user.unresolved, []) WHERE text <> 'sealed')
       OR EXISTS { (user)-[:ALLERGIC_TO]->() } OR EXISTS { (user)-[:AVOIDS]->() }
       OR EXISTS { (user)-[:FOLLOWS]->() })
RETURN user.id AS id
ORDER BY id
LIMIT $most
