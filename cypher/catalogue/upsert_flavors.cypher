// Upsert flavors: their names.
/*
Created or changed by id; a flavor that a drink merely names has no fingerprint.

mode:    write
returns:
:param rows => [{id: 'lemony', name: 'Lemony', fingerprint: 'f1'}]
*/
UNWIND $rows AS row
MERGE (flavor:Flavor {id: row.id})
SET flavor.name = row.name, flavor.fingerprint = row.fingerprint
