// People by origin: how many people have any history, and how many of them are simulated.
/*
mode:    read
returns: people INTEGER, simulated INTEGER
*/
MATCH (user:User)-[:PURCHASED|RATED|VIEWED|SAVED]->(:Drink)
WHERE coalesce(user.personalisation, true)
WITH DISTINCT user
RETURN count(user) AS people,
       coalesce(sum(CASE WHEN coalesce(user.simulated, false) THEN 1 ELSE 0 END), 0) AS simulated
ORDER BY people
