// Upsert diets: their names, sources and limits.
/*
Created or changed by id. What a diet avoids is linked by other files.

mode:    write
returns:
:param rows => [{id: 'halal', name: 'Halal', description: 'No alcohol, no pork.', source: 'CXG 24-1997', maxAbv: 0.0, maxCaffeineMgPer100ml: null, fingerprint: 'f1'}]
:param source => 'operator'
*/
UNWIND $rows AS row
MERGE (diet:Diet {id: row.id})
SET diet.name = row.name, diet.description = row.description, diet.source = row.source,
    diet.maxAbv = row.maxAbv, diet.maxCaffeineMgPer100ml = row.maxCaffeineMgPer100ml,
    diet.fingerprint = row.fingerprint, diet.by = $source
