// Review an ingredient: somebody has checked what it contains.
/*
What it is and the evidence about it are written by other files, in the same transaction. It counts
as described from now on; an import that described it before is not repeated.

mode:    write
returns:
:param ingredientId => 'dairy'
:param source => 'label photographed 2026-01-30'
:param observedAt => '2026-01-30'
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (ingredient:Ingredient {id: $ingredientId})
SET ingredient.reviewed = true, ingredient.reviewedIn = catalogue.version, ingredient.source = $source,
    ingredient.reviewedOn = $observedAt, ingredient.reviewExpiredOn = null,
    ingredient.fingerprint = coalesce(ingredient.fingerprint, 'reviewed'),
    ingredient.changedAt = catalogue.version
