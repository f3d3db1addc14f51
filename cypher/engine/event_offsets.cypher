// Event offsets: how far the partitions of a log have been read.
/*
mode:    read
returns: id STRING, next INTEGER
:param ids => ['a log/0', 'a log/1']
*/
MATCH (offset:EventOffset)
WHERE offset.id IN $ids
RETURN offset.id AS id, offset.next AS next
ORDER BY id
