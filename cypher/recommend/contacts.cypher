// Consumed or shown: the drinks a person bought or saved, or was recommended since a moment.
/*
What was bought or saved comes before what was only recommended, newest first. A purchase without a
time counts as made in 1970.

mode:    read
returns: drinkId STRING, name STRING, boughtAt INTEGER, savedAt INTEGER, recommendedAt INTEGER,
         declaredAt STRING, sealed LIST<STRING>
:param userId => 'user-1'
:param since => 1793400000000
:param most => 1000
*/
MATCH (user:User {id: $userId})-[contact:PURCHASED|SAVED|RECOMMENDED]->(drink:Drink)
WHERE type(contact) <> 'RECOMMENDED' OR contact.at >= $since
WITH user, drink,
     max(CASE WHEN type(contact) = 'PURCHASED' THEN coalesce(contact.at, 0) END) AS boughtAt,
     max(CASE WHEN type(contact) = 'SAVED' THEN coalesce(contact.at, 0) END) AS savedAt,
     max(CASE WHEN type(contact) = 'RECOMMENDED' THEN contact.at END) AS recommendedAt
WITH user, drink, boughtAt, savedAt, recommendedAt,
     boughtAt IS NULL AND savedAt IS NULL AS onlyRecommended,
     reduce(newest = 0, at IN [coalesce(boughtAt, 0), coalesce(savedAt, 0),
                               coalesce(recommendedAt, 0)]
            | CASE WHEN at > newest THEN at ELSE newest END) AS newest
RETURN drink.id AS drinkId, coalesce(drink.name, drink.id) AS name, boughtAt AS boughtAt,
       savedAt AS savedAt, recommendedAt AS recommendedAt, user.allergiesDeclaredAt AS declaredAt,
       coalesce(user.sealed, []) AS sealed
ORDER BY onlyRecommended, newest DESC, drinkId
LIMIT $most
