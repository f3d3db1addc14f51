// Join a segment: people who are in it now; whoever was keeps the time they came in.
/*
Nobody joins who refused personal lists or to be remembered, nor anybody the graph does not know. Whoever
is new to it has a new version, so that servers notice.

mode:    write
returns: joined INTEGER
:param id => 'regulars'
:param userIds => ['user-1', 'guest-1']
:param at => 1793526000000
*/
MATCH (segment:Segment {id: $id})
UNWIND $userIds AS userId
MATCH (user:User {id: userId})
WHERE coalesce(user.personalisation, true) AND coalesce(user.remembering, true)
MERGE (user)-[membership:IN_SEGMENT]->(segment)
SET user.version = coalesce(user.version, 0)
      + CASE WHEN membership.since IS NULL THEN 1 ELSE 0 END,
    membership.since = coalesce(membership.since, $at), membership.at = $at
RETURN count(membership) AS joined
