// Expire reviews: those of ingredients that are older than the shelf life no longer count.
/*
A late step of every change, in its transaction. What was reviewed before the catalogue's
`expiredBefore`, or on an unknown day, has to be reviewed again; see the file for statements.

mode:    write
returns:
:param ids => ['butter']
:param day => '2026-01-31'
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (ingredient:Ingredient {id: id})
WITH catalogue, ingredient,
     coalesce(ingredient.reviewed, false)
       AND coalesce(ingredient.reviewedOn, '') < coalesce(catalogue.expiredBefore, '') AS review,
     coalesce(ingredient.dietsReviewed, false)
       AND coalesce(ingredient.dietsReviewedOn, '') < coalesce(catalogue.expiredBefore, '') AS diets
WHERE review OR diets
SET ingredient.reviewed = coalesce(ingredient.reviewed, false) AND NOT review,
    ingredient.dietsReviewed = coalesce(ingredient.dietsReviewed, false) AND NOT diets,
    ingredient.reviewExpiredOn = CASE WHEN review THEN $day ELSE ingredient.reviewExpiredOn END,
    ingredient.changedAt = catalogue.version
