// Retire a drink: it is on offer no longer, and everything known of it stays.
/*
Its fingerprint stays too, so that importing its unchanged row again does not bring it back.

mode:    write
returns:
:param drinkId => 'oat-flat-white'
:param lastDay => '2026-01-30'
*/
MATCH (catalogue:Catalogue {id: 'catalogue'})
MATCH (drink:Drink {id: $drinkId})
SET drink.availableUntil = $lastDay, drink.changedAt = catalogue.version
