// Remove segments: those that were not computed at this moment; nobody is in them any more.
/*
mode:    write
returns: segmentId STRING
:param at => 1793526000001
*/
MATCH (segment:Segment)
WHERE segment.computedAt < $at
WITH segment, segment.id AS segmentId
DETACH DELETE segment
RETURN segmentId
ORDER BY segmentId
