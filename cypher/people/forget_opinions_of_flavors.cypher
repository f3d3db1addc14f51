// Forget opinions of flavors: what a person said of these, before they say it anew.
/*
mode:    write
returns: forgotten INTEGER
:param userId => 'user-1'
:param ids => ['citrus', 'creamy']
*/
MATCH (user:User {id: $userId})-[opinion:LIKES|DISLIKES]->(flavor:Flavor)
WHERE flavor.id IN $ids
DELETE opinion
RETURN count(*) AS forgotten
