// Leave a segment: people who are in it no more, up to `most` at once.
/*
mode:    write
returns: left INTEGER
:param id => 'regulars'
:param at => 1893456000000
:param most => 10000
*/
MATCH (user:User)-[membership:IN_SEGMENT]->(segment:Segment {id: $id})
WHERE membership.at < $at
WITH user, membership ORDER BY user.id LIMIT $most
SET user.version = coalesce(user.version, 0) + 1
DELETE membership
RETURN count(*) AS left
