// Expired ingredients: those with a review or a statement of absence from before a day.
/*
Anything undated counts as older than any day.

mode:    read
returns: id STRING, statements INTEGER, reviews INTEGER
:param before => '2026-06-01'
*/
MATCH (ingredient:Ingredient)
OPTIONAL MATCH (ingredient)-[said:FREE_FROM]->(:Allergen)
WHERE coalesce(said.observedAt, '') < $before
WITH ingredient, count(said) AS statements,
     (coalesce(ingredient.reviewed, false)
       AND coalesce(ingredient.reviewedOn, '') < $before)
     OR (coalesce(ingredient.dietsReviewed, false)
       AND coalesce(ingredient.dietsReviewedOn, '') < $before) AS review
WHERE review OR statements > 0
RETURN ingredient.id AS id, statements, CASE WHEN review THEN 1 ELSE 0 END AS reviews
ORDER BY id
