// Source rows: what is kept of some rows of a shop's database.
/*
mode:    read
returns: id STRING, table STRING, position STRING, deleted BOOLEAN, values STRING, open STRING,
         problem STRING, fingerprint STRING, subjects LIST<STRING>
:param ids => ['shop/public.drinks/[1]', 'shop/public.drinks/[2]']
*/
UNWIND $ids AS id
MATCH (row:SourceRow {id: id})
OPTIONAL MATCH (row)-[:DESCRIBES]->(subject:SourceSubject)
RETURN row.id AS id, row.table AS table, row.position AS position, row.deleted AS deleted,
       row.values AS values, row.open AS open, row.problem AS problem,
       row.fingerprint AS fingerprint, collect(subject.id) AS subjects
ORDER BY id
