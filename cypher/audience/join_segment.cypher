// Join a segment: people who are in it now; whoever was keeps the time they came in.
/*
Nobody joins for whom no consent and no other ground holds, nor anybody the graph does not know. Whoever
is new to it has a new version, so that servers notice.

mode:    write
returns: joined INTEGER
:param id => 'regulars'
:param userIds => ['user-1', 'guest-1']
:param at => 1793526000000
*/
MATCH (segment:Segment {id: $id})
MATCH (rules:ConsentRules {id: 'rules'})
UNWIND $userIds AS userId
MATCH (user:User {id: userId})
WHERE coalesce(user.analytics, user.ground IS NOT NULL OR 'analytics' IN rules.assumed, false)
  AND coalesce(user.personalisation, user.ground IS NOT NULL OR 'personalisation' IN rules.assumed, false)
  AND coalesce(user.remembering, user.ground IS NOT NULL OR 'remembering' IN rules.assumed, false)
MERGE (user)-[membership:IN_SEGMENT]->(segment)
SET user.version = coalesce(user.version, 0)
      + CASE WHEN membership.since IS NULL THEN 1 ELSE 0 END,
    membership.since = coalesce(membership.since, $at), membership.at = $at
RETURN count(membership) AS joined
