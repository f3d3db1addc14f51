// Forget erasures: the records that have expired.
/*
mode:    write
returns: forgotten INTEGER
:param before => 1793527000000
*/
MATCH (erasure:Erasure)
WHERE erasure.at < $before
DELETE erasure
RETURN count(*) AS forgotten
