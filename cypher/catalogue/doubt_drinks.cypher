// Doubt drinks: take back that their recipes are complete.
/*
Something said about them could not be read. The fingerprint no longer fits any row, so that the
next import of a good row counts as a change.

mode:    write
returns:
:param ids => ['oat-flat-white']
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (drink:Drink {id: id})
SET drink.recipeComplete = false, drink.fingerprint = 'doubted',
    drink.changedAt = catalogue.version
