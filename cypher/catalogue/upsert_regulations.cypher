// Upsert regulations: the laws that list allergens.
/*
Created or changed by id.

mode:    write
returns:
:param rows => [{id: 'eu-14', name: 'Regulation (EU) 1169/2011', source: 'Annex II', fingerprint: 'f1'}]
*/
UNWIND $rows AS row
MERGE (regulation:Regulation {id: row.id})
SET regulation.name = row.name, regulation.source = row.source,
    regulation.fingerprint = row.fingerprint
