// Sales by daypart: which kinds of drink sell better at which time of day.
/*
`lift` compares the kind's share of the daypart with its share of all sales: 2 is twice as much as
usual, 1 the same as usual. Rows with fewer than `minPeople` buyers are left out, and events without
a daypart are not counted.

mode:    read
returns: daypart STRING, kind STRING, purchases INTEGER, people INTEGER, lift FLOAT
:param minPeople => 5
*/
MATCH (user:User)-[purchase:PURCHASED]->(drink:Drink)
WHERE purchase.context_daypart IS NOT NULL
WITH purchase.context_daypart AS daypart, coalesce(drink.kind, 'no kind') AS kind,
     sum(coalesce(purchase.times, 1)) AS purchases, count(DISTINCT user) AS people
WITH collect({daypart: daypart, kind: kind, purchases: purchases, people: people}) AS cells
UNWIND cells AS cell
WITH cell,
     reduce(total = 0, one IN cells | total + one.purchases) AS sales,
     reduce(total = 0, one IN cells
            | total + CASE WHEN one.kind = cell.kind THEN one.purchases ELSE 0 END) AS ofKind,
     reduce(total = 0, one IN cells
            | total + CASE WHEN one.daypart = cell.daypart THEN one.purchases ELSE 0 END) AS inThis
WHERE cell.people >= $minPeople
RETURN cell.daypart AS daypart, cell.kind AS kind, cell.purchases AS purchases,
       cell.people AS people, toFloat(cell.purchases) * sales / (ofKind * inThis) AS lift
ORDER BY daypart, lift DESC, kind
