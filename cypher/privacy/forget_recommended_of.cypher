// Forget recommendations of a person: when they no longer want them remembered.
/*
Nothing happens unless the person has refused. That they were in experiments, what they were asked, and
which segments they were in, and what was triggered go too; the last two also when they refused
personal lists, and each when its own purpose was refused.

mode:    write
returns: kind STRING, forgotten INTEGER
:param userId => 'no-trace'
*/
MATCH (user:User {id: $userId})-[offer:RECOMMENDED|EXPOSED_TO|ASKED|IN_SEGMENT|TRIGGERED]->(shown)
WHERE user.remembering = false
   OR (user.personalisation = false AND type(offer) IN ['IN_SEGMENT', 'TRIGGERED'])
   OR (user.experiments = false AND type(offer) = 'EXPOSED_TO')
   OR (user.analytics = false AND type(offer) = 'IN_SEGMENT')
   OR (user.marketing = false AND type(offer) = 'TRIGGERED')
WITH offer, type(offer) AS kind
DELETE offer
RETURN kind AS kind, count(*) AS forgotten
ORDER BY kind
