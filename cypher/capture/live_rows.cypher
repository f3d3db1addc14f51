// Live rows: rows of a table, not deleted, that are older than a position.
/*
mode:    read
returns: id STRING
:param table => 'shop/public.drinks'
:param before => '5'
*/
MATCH (row:SourceRow {table: $table})
WHERE NOT row.deleted AND row.position < $before
RETURN row.id AS id
ORDER BY id
