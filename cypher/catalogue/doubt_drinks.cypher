// Doubt drinks: their recipes no longer count as complete.
/*
Something said about them could not be read. If it was the drink's own row, its alcohol and caffeine
are no longer known either. The fingerprint no longer matches any row, so the next import of a good
row counts as a change.

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
