// Retire a drink: it is no longer on offer, and what is known about its recipe stays.
/*
Its fingerprint stays too, so that importing its unchanged row again does not bring it back. What
was declared absent in it is void: somebody who uses the id again may mean another drink.

mode:    write
returns:
:param drinkId => 'oat-flat-white'
:param lastDay => '2026-01-30'
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (drink:Drink {id: $drinkId})
SET drink.availableUntil = $lastDay, drink.composition = ['retired'],
    drink.changedAt = catalogue.version
