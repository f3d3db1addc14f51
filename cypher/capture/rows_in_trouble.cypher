// Rows in trouble: rows of a shop's database that could not be used, and why.
/*
mode:    read
returns: id STRING, table STRING, position STRING, problem STRING
:param most => 100
*/
MATCH (row:SourceRow)
WHERE row.problem IS NOT NULL
RETURN row.id AS id, row.table AS table, row.position AS position, row.problem AS problem
ORDER BY id
LIMIT $most
