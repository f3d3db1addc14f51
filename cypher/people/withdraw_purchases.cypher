// Withdraw purchases: orders that the shop has deleted, or has written anew.
/*
Those that are kept as counts are taken out of them by uncount_purchases.

mode:    write
returns:
:param rows => [{drinkId: 'flat-white', eventId: 'event-1'}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.drinkId})<-[purchase:PURCHASED {eventId: row.eventId}]-(:User)
WHERE purchase.eventIds IS NULL
DELETE purchase
