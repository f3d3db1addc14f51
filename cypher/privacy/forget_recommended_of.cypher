// Forget recommendations of a person: when they no longer want them remembered.
/*
Nothing happens unless the person has refused. That they were in experiments, and what they were asked,
go too.

mode:    write
returns: forgotten INTEGER
:param userId => 'no-trace'
*/
MATCH (user:User {id: $userId})-[offer:RECOMMENDED|EXPOSED_TO|ASKED]->(shown)
WHERE user.remembering = false
DELETE offer
RETURN count(*) AS forgotten
