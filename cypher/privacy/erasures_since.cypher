// Erasures since: who a running server has to forget.
/*
mode:    read
returns: id STRING, at INTEGER
:param since => 0
*/
MATCH (erasure:Erasure)
WHERE erasure.at >= $since
RETURN erasure.id AS id, erasure.at AS at
ORDER BY at, id
