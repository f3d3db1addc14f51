// Uncount purchases: orders that the shop has taken back, out of the counts in which they are kept.
/*
How many drinks one of them was is not known any more: it takes the mean with it. A count of none
goes.

mode:    write
returns:
:param rows => [{drinkId: 'house-tea', eventId: 'old-1'}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.drinkId})<-[purchase:PURCHASED]-(:User)
WHERE row.eventId IN coalesce(purchase.eventIds, [])
SET purchase.eventIds = [id IN purchase.eventIds WHERE id <> row.eventId],
    purchase.value = purchase.value - purchase.value / purchase.times,
    purchase.paid = purchase.paid - purchase.paid / purchase.times,
    purchase.times = purchase.times - 1, purchase.eventId = last(purchase.eventIds)
WITH DISTINCT purchase
WHERE purchase.times = 0
DELETE purchase
