// Segments: each with its telling flavors, and how many people are in it now.
/*
Those of fewer than `fewest` people are left out.

mode:    read
returns: segmentId STRING, name STRING, kind STRING, people INTEGER, computedAt INTEGER, flavors LIST<MAP>
:param fewest => 1
*/
MATCH (segment:Segment)<-[:IN_SEGMENT]-(user:User)
WITH segment, count(user) AS people
WHERE people >= $fewest
RETURN segment.id AS segmentId, segment.name AS name, segment.kind AS kind, people,
       segment.computedAt AS computedAt,
       [(segment)-[mark:MARKED_BY]->(flavor:Flavor) |
         {id: flavor.id, name: flavor.name, lift: mark.lift, share: mark.share}] AS flavors
ORDER BY people DESC, segmentId
