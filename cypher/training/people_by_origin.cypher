// People by origin: how many people have any history that may be learned from, and how many of them are simulated.
/*
mode:    read
returns: people INTEGER, simulated INTEGER
*/
MATCH (rules:ConsentRules {id: 'rules'})
MATCH (user:User)-[:PURCHASED|RATED|VIEWED|SAVED]->(:Drink)
WHERE coalesce(user.training, user.ground IS NOT NULL OR 'training' IN rules.assumed, false)
  AND coalesce(user.personalisation, user.ground IS NOT NULL OR 'personalisation' IN rules.assumed, false)
WITH DISTINCT user
RETURN count(user) AS people,
       coalesce(sum(CASE WHEN coalesce(user.simulated, false) THEN 1 ELSE 0 END), 0) AS simulated
ORDER BY people
