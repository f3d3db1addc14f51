// Move an event offset: a partition of a log has been read up to here.
/*
It is locked until the transaction ends, and says where it was: if another was faster, what has been
written in this transaction has to be rolled back. Ids are those of the log and of its partition.

mode:    write
returns: was INTEGER
:param id => 'a log/0'
:param next => 40
*/
MERGE (offset:EventOffset {id: $id})
  ON CREATE SET offset.next = 0
SET offset.id = $id
WITH offset, offset.next AS was
SET offset.next = $next
RETURN was AS was
ORDER BY was
