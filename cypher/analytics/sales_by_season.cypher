// Sales by season: which kinds of drink sell better in which season.
/*
`lift` compares the kind's share of the season with its share of all sales: 2 is twice as much as
usual, 1 the same as usual. Rows with fewer than `minPeople` buyers are left out, and events without
a season are not counted.

mode:    read
returns: season STRING, kind STRING, purchases INTEGER, people INTEGER, lift FLOAT
:param minPeople => 5
*/
MATCH (user:User)-[purchase:PURCHASED]->(drink:Drink)
WHERE purchase.context_season IS NOT NULL
WITH purchase.context_season AS season, coalesce(drink.kind, 'no kind') AS kind,
     sum(coalesce(purchase.times, 1)) AS purchases, count(DISTINCT user) AS people
WITH collect({season: season, kind: kind, purchases: purchases, people: people}) AS cells
UNWIND cells AS cell
WITH cell,
     reduce(total = 0, one IN cells | total + one.purchases) AS sales,
     reduce(total = 0, one IN cells
            | total + CASE WHEN one.kind = cell.kind THEN one.purchases ELSE 0 END) AS ofKind,
     reduce(total = 0, one IN cells
            | total + CASE WHEN one.season = cell.season THEN one.purchases ELSE 0 END) AS inThis
WHERE cell.people >= $minPeople
RETURN cell.season AS season, cell.kind AS kind, cell.purchases AS purchases, cell.people AS people,
       toFloat(cell.purchases) * sales / (ofKind * inThis) AS lift
ORDER BY season, lift DESC, kind
