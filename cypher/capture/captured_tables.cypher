// Captured tables: how many rows of each are kept, deleted, incomplete or in trouble, and how far.
/*
mode:    read
returns: table STRING, rows INTEGER, deleted INTEGER, open INTEGER, problems INTEGER, position STRING
*/
MATCH (row:SourceRow)
RETURN row.table AS table, count(row) AS rows,
       sum(CASE WHEN row.deleted THEN 1 ELSE 0 END) AS deleted,
       sum(CASE WHEN row.open IS NULL THEN 0 ELSE 1 END) AS open,
       sum(CASE WHEN row.problem IS NULL THEN 0 ELSE 1 END) AS problems,
       max(row.position) AS position
ORDER BY table
