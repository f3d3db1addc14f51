// Same moments: pairs of people who did the same things with the same drinks at the same moments.
/*
Two accounts of one person often hold the same purchases twice. Only what exactly two people did is
counted: what many did at one moment says nothing about any two. Simulated people are left out.

mode:    read
returns: one STRING, other STRING, moments INTEGER
:param least => 1
*/
MATCH (user:User)-[event:PURCHASED|RATED]->(drink:Drink)
WHERE event.at IS NOT NULL AND NOT coalesce(user.simulated, false)
WITH drink.id AS drinkId, event.type AS type, event.at AS at, min(user.id) AS one,
     max(user.id) AS other, count(DISTINCT user.id) AS people
WHERE people = 2
WITH one, other, count(*) AS moments
WHERE moments >= $least
RETURN one AS one, other AS other, moments AS moments
ORDER BY moments DESC, one, other
