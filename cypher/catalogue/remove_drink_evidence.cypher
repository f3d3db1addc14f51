// Remove drink evidence: the first step of replacing a source's statements.
/*
One source has one statement on an allergen; what other sources say stays.

mode:    write
returns:
:param rows => [{id: 'oat-flat-white', allergenId: 'milk', source: 'Dairy Ltd'}]
*/
UNWIND $rows AS row
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (drink:Drink {id: row.id})
SET drink.changedAt = catalogue.version
WITH row, drink
OPTIONAL MATCH (drink)-[evidence:HAS_ALLERGEN|MAY_CONTAIN|FREE_FROM]->(:Allergen {id: row.allergenId})
WHERE coalesce(evidence.source, '') = row.source
DELETE evidence
