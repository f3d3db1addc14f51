// Put source rows: keep rows of a shop's database with their positions, deleted ones too.
/*
`was` is the position before: if it is not the expected one, somebody else was faster, and what has
been written in this transaction has to be rolled back.

mode:    write
returns: id STRING, was STRING
:param rows => [{id: 'shop/public.drinks/[1]', table: 'shop/public.drinks', position: '3', deleted: false, values: '{}', open: null, problem: null, fingerprint: null}]
*/
UNWIND $rows AS row
MERGE (kept:SourceRow {id: row.id})
WITH row, kept, coalesce(kept.position, '') AS was
SET kept.table = row.table, kept.position = row.position, kept.deleted = row.deleted,
    kept.values = row.values, kept.open = row.open, kept.problem = row.problem,
    kept.fingerprint = row.fingerprint
RETURN kept.id AS id, was AS was
ORDER BY id
