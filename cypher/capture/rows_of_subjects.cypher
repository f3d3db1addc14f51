// Rows of subjects: all rows of a shop's database that describe some drinks and ingredients.
/*
A subject is known by the capture and by what it is: 'shop drink flat-white'. `lostAt` is where
something that made a subject less safe was last taken back.

mode:    read
returns: id STRING, table STRING, position STRING, deleted BOOLEAN, values STRING, open STRING,
         problem STRING, fingerprint STRING, subject STRING, lostAt STRING
:param subjects => ['shop drink flat-white']
*/
UNWIND $subjects AS id
MATCH (subject:SourceSubject {id: id})<-[:DESCRIBES]-(row:SourceRow)
RETURN row.id AS id, row.table AS table, row.position AS position, row.deleted AS deleted,
       row.values AS values, row.open AS open, row.problem AS problem,
       row.fingerprint AS fingerprint, subject.id AS subject, subject.lostAt AS lostAt
ORDER BY id, subject
