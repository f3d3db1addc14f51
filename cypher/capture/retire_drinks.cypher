// Retire drinks: they are no longer in the shop's database, so they are no longer on offer.
/*
Their recipes no longer count as complete, and what was declared absent in them is void. Their
fingerprints match no row, so that the same row, put back, brings them back.

mode:    write
returns:
:param ids => ['flat-white']
:param lastDay => '2026-01-30'
*/
UNWIND $ids AS id
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (drink:Drink {id: id})
SET drink.availableUntil = $lastDay, drink.composition = ['retired'],
    drink.recipeComplete = false, drink.fingerprint = 'retired',
    drink.changedAt = catalogue.version
