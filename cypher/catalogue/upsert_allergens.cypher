// Upsert allergens: their names and sources.
/*
Created or changed by id; their groups are linked by other files.

mode:    write
returns:
:param rows => [{id: 'almond', name: 'Almond', source: 'Annex II', fingerprint: 'f1'}]
*/
UNWIND $rows AS row
MERGE (allergen:Allergen {id: row.id})
SET allergen.name = row.name, allergen.source = row.source,
    allergen.fingerprint = row.fingerprint
