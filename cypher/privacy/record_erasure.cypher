// Record an erasure: nothing noted before it may be written about the person until it expires.
/*
The id is a hash of the person's.

mode:    write
returns: id STRING
:param erasureId => '5e884898da28047151d0e56f8dc6292773603d0d6aabbd62a11ef721d1542d8'
:param at => 1793526000000
*/
MERGE (erasure:Erasure {id: $erasureId})
SET erasure.at = $at
RETURN erasure.id AS id
