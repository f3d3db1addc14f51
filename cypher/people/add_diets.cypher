// Add diets: what a person follows.
/*
mode:    write
returns: dietId STRING
:param userId => 'user-1'
:param dietIds => ['vegan']
*/
UNWIND $dietIds AS dietId
MATCH (user:User {id: $userId})
MATCH (diet:Diet {id: dietId})
MERGE (user)-[:FOLLOWS]->(diet)
RETURN diet.id AS dietId
ORDER BY dietId
