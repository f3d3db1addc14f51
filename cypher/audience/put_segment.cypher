// Put a segment: a new one, or what it has become; its telling flavors are linked next.
/*
mode:    write
returns: segmentId STRING
:param id => 'regulars'
:param name => 'Regulars'
:param kind => 'rule'
:param people => 24
:param at => 1793526000000
*/
MERGE (segment:Segment {id: $id})
SET segment.name = $name, segment.kind = $kind, segment.people = $people,
    segment.computedAt = $at
WITH segment
OPTIONAL MATCH (segment)-[mark:MARKED_BY]->(:Flavor)
DELETE mark
RETURN DISTINCT segment.id AS segmentId
ORDER BY segmentId
