// Mark a segment: the flavors that tell it from everybody, and how many times likelier each is.
/*
mode:    write
returns: flavorId STRING
:param id => 'regulars'
:param rows => [{flavorId: 'citrus', lift: 2.5, share: 0.4}]
*/
MATCH (segment:Segment {id: $id})
UNWIND $rows AS row
MATCH (flavor:Flavor {id: row.flavorId})
MERGE (segment)-[mark:MARKED_BY]->(flavor)
SET mark.lift = row.lift, mark.share = row.share
RETURN flavor.id AS flavorId
ORDER BY flavorId
