// Withdraw purchases: orders that the shop has deleted, or has written anew.
/*
mode:    write
returns:
:param rows => [{drinkId: 'flat-white', eventId: 'event-1'}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.drinkId})<-[purchase:PURCHASED {eventId: row.eventId}]-(:User)
DELETE purchase
