// Open rows: those of transactions, or of a snapshot, that had not all arrived when they were kept.
/*
`except` is the one that has still not arrived as a whole.

mode:    read
returns: id STRING
:param stream => 'shop '
:param except => 'shop 732'
:param most => 1000
*/
MATCH (row:SourceRow)
WHERE row.open STARTS WITH $stream AND row.open <> $except
RETURN row.id AS id
ORDER BY id
LIMIT $most
