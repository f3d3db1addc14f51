// Erasures of people: which of these people were erased, and until when that holds.
/*
Each comes as the hash of an id. What was noted before the moment is not to be written.

mode:    read
returns: id STRING, at INTEGER
:param ids => ['a hash of somebody']
*/
UNWIND $ids AS id
MATCH (erasure:Erasure {id: id})
RETURN erasure.id AS id, erasure.at AS at
ORDER BY id
