// Forget recommendations: those last made before a moment, the oldest first.
/*
mode:    write
returns: forgotten INTEGER
:param before => 1793527000000
:param most => 10000
*/
MATCH (user:User)-[offer:RECOMMENDED]->(drink:Drink)
WHERE offer.at < $before
WITH offer, user, drink
ORDER BY offer.at, user.id, drink.id
LIMIT $most
DELETE offer
RETURN count(*) AS forgotten
