// Forget recommendations of a person: who does not want them remembered any longer.
/*
Nothing happens while the person has not refused.

mode:    write
returns: forgotten INTEGER
:param userId => 'no-trace'
*/
MATCH (user:User {id: $userId})-[offer:RECOMMENDED]->(drink:Drink)
WHERE user.remembering = false
DELETE offer
RETURN count(*) AS forgotten
