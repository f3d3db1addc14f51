// Describe subjects: which drinks and ingredients rows of a shop's database are about.
/*
mode:    write
returns:
:param rows => [{id: 'shop/public.drinks/[2]', subject: 'shop drink flat-white'}]
*/
UNWIND $rows AS row
MATCH (kept:SourceRow {id: row.id})
MERGE (subject:SourceSubject {id: row.subject})
MERGE (kept)-[:DESCRIBES]->(subject)
