// Recently shown: which drinks this person was recommended lately, and when last.
/*
mode:    read
returns: drinkId STRING, at INTEGER
:param userId => 'user-1'
:param since => 1767225600000
*/
MATCH (user:User {id: $userId})-[offer:RECOMMENDED]->(drink:Drink)
WHERE offer.at >= $since
RETURN drink.id AS drinkId, offer.at AS at
ORDER BY at DESC, drinkId
LIMIT 1000
