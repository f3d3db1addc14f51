// Doubt ingredients: they no longer count as reviewed, for allergens or for diets.
/*
Something said about them could not be read. The fingerprint no longer matches any row, so the next
import of a good row counts as a change.

mode:    write
returns:
:param ids => ['butter']
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (ingredient:Ingredient {id: id})
SET ingredient.reviewed = false, ingredient.dietsReviewed = false,
    ingredient.fingerprint = 'doubted', ingredient.changedAt = catalogue.version
