// Upsert drinks: everything in a drink's own row.
/*
A value that the row lacks is removed. Recipe, flavors, style and producer are linked by other files.

mode:    write
returns:
:param rows => [{id: 'oat-flat-white', name: 'Oat flat white', kind: 'coffee', description: null, abv: 0.0, caffeineMgPer100ml: 60.0, sugarG: 4.0, servedHot: true, price: 3.9, recipeComplete: true, availableFrom: null, availableUntil: null, fingerprint: 'f1'}]
*/
UNWIND $rows AS row
MATCH (catalogue:Catalogue {id: 'catalogue'})
MERGE (drink:Drink {id: row.id})
SET drink.name = row.name, drink.kind = row.kind, drink.description = row.description,
    drink.abv = row.abv, drink.caffeineMgPer100ml = row.caffeineMgPer100ml,
    drink.sugarG = row.sugarG, drink.servedHot = row.servedHot, drink.price = row.price,
    drink.recipeComplete = row.recipeComplete, drink.availableFrom = row.availableFrom,
    drink.availableUntil = row.availableUntil, drink.fingerprint = row.fingerprint,
    drink.changedAt = catalogue.version
