// Clear avoids: forget which ingredients a person avoids, before they choose again.
/*
mode:    write
returns: cleared INTEGER
:param userId => 'user-1'
*/
MATCH (user:User {id: $userId})-[avoids:AVOIDS]->(ingredient:Ingredient)
DELETE avoids
RETURN count(*) AS cleared
