// Upsert ingredients: their names, synonyms and reviews.
/*
A row without synonyms keeps the existing ones. What the ingredient is and is made of is linked by
other files.

mode:    write
returns:
:param rows => [{id: 'butter', name: 'Butter', synonyms: ['sweet butter'], reviewed: true, dietsReviewed: true, reviewedOn: '2026-01-31', source: 'EU 1169/2011', fingerprint: 'f1'}]
*/
UNWIND $rows AS row
MATCH (catalogue:Catalogue {id: 'catalogue'})
MERGE (ingredient:Ingredient {id: row.id})
SET ingredient.name = row.name,
    ingredient.synonyms = CASE WHEN size(row.synonyms) > 0 THEN row.synonyms
                               ELSE coalesce(ingredient.synonyms, []) END,
    ingredient.reviewed = row.reviewed, ingredient.dietsReviewed = row.dietsReviewed,
    ingredient.reviewedIn = catalogue.version, ingredient.dietsReviewedIn = catalogue.version,
    ingredient.reviewedOn = row.reviewedOn, ingredient.dietsReviewedOn = row.reviewedOn,
    ingredient.reviewExpiredOn = null, ingredient.source = row.source,
    ingredient.fingerprint = row.fingerprint, ingredient.changedAt = catalogue.version
