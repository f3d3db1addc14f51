// Compose ingredients: note which of them a change has turned into something else, and when.
/*
A late step of every change, in its transaction. An ingredient is something else if what it is or is
made of differs from what was last noted. Then its reviews are void unless this change states them,
and so is what was said before: see the file for drinks. Learning for the first time what an
ingredient is that had only been named changes nothing.

mode:    write
returns:
:param ids => ['butter']
:param day => '2026-01-31'
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (ingredient:Ingredient {id: id})
WITH catalogue.version AS version, ingredient, ingredient.composition AS noted,
     [(ingredient)-[link:IS_A|MADE_OF]->(parent:Ingredient)
      | CASE WHEN type(link) = 'IS_A' THEN 'is a ' ELSE 'made of ' END + parent.id] AS now
WHERE (noted IS NULL AND (size(now) > 0 OR coalesce(ingredient.reviewed, false)))
   OR (noted IS NOT NULL AND (any(one IN now WHERE NOT one IN noted)
                              OR any(one IN noted WHERE NOT one IN now)))
WITH version, ingredient, now, noted IS NOT NULL AS another
SET ingredient.composition = now,
    ingredient.composedIn = CASE WHEN another THEN version ELSE ingredient.composedIn END,
    ingredient.composedOn = CASE WHEN another THEN $day ELSE ingredient.composedOn END,
    ingredient.reviewed = coalesce(ingredient.reviewed, false)
      AND (NOT another OR coalesce(ingredient.reviewedIn = version, false)),
    ingredient.dietsReviewed = coalesce(ingredient.dietsReviewed, false)
      AND (NOT another OR coalesce(ingredient.dietsReviewedIn = version, false)),
    ingredient.changedAt = CASE WHEN another THEN version ELSE ingredient.changedAt END
