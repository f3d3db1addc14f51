// Doubt drinks: take back that their recipes are complete.
/*
Something said about them could not be read. Where it was the drink's own row, what it said of
alcohol and caffeine is not known any more either. The fingerprint no longer fits any row, so that
the next import of a good row counts as a change.

mode:    write
returns:
:param rows => [{id: 'oat-flat-white', ownRow: true}]
*/
UNWIND $rows AS row
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (drink:Drink {id: row.id})
SET drink.recipeComplete = false, drink.fingerprint = 'doubted',
    drink.abv = CASE WHEN row.ownRow THEN null ELSE drink.abv END,
    drink.caffeineMgPer100ml = CASE WHEN row.ownRow THEN null ELSE drink.caffeineMgPer100ml END,
    drink.changedAt = catalogue.version
