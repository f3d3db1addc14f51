// Forget recommendations of a person: when they no longer want them remembered.
/*
Nothing happens unless the person has refused. That they were in experiments, what they were asked, and
which segments they were in, and what was triggered go too; the last two also when they refused
personal lists.

mode:    write
returns: forgotten INTEGER
:param userId => 'no-trace'
*/
MATCH (user:User {id: $userId})-[offer:RECOMMENDED|EXPOSED_TO|ASKED|IN_SEGMENT|TRIGGERED]->(shown)
WHERE user.remembering = false
   OR (user.personalisation = false AND type(offer) IN ['IN_SEGMENT', 'TRIGGERED'])
DELETE offer
RETURN count(*) AS forgotten
