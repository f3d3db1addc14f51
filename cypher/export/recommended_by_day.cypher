// Recommended by day: how many people were last offered a drink on a day.
/*
From `since` until before `until`, in milliseconds since 1970; `day` counts days since then. Drinks
offered to fewer than `minPeople` on a day are left out: what single people are offered would tell
what they must not have.

mode:    read
returns: day INTEGER, drinkId STRING, people INTEGER
:param since => 0
:param until => 1893456000000
:param minPeople => 1
*/
MATCH (user:User)-[offer:RECOMMENDED]->(drink:Drink)
WHERE offer.at >= $since AND offer.at < $until
WITH offer.at / 86400000 AS day, drink, count(user) AS people
WHERE people >= $minPeople
RETURN day AS day, drink.id AS drinkId, people AS people
ORDER BY day, drinkId
