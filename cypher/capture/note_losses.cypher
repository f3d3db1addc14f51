// Note losses: where presence of an allergen was last taken back, by what it was about.
/*
mode:    write
returns:
:param rows => [{subject: 'shop drink flat-white', position: '9'}]
*/
UNWIND $rows AS row
MERGE (subject:SourceSubject {id: row.subject})
SET subject.lostAt = CASE WHEN coalesce(subject.lostAt, '') < row.position THEN row.position
                          ELSE subject.lostAt END
