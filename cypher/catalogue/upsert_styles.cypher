// Upsert styles: their names.
/*
Created or changed by id; a style that a drink merely names has no fingerprint.

mode:    write
returns:
:param rows => [{id: 'ipa', name: 'Ipa', fingerprint: 'f1'}]
*/
UNWIND $rows AS row
MERGE (style:Style {id: row.id})
SET style.name = row.name, style.fingerprint = row.fingerprint
