// Sales by allergy: what people with the same allergy buy, by kind of drink, as groups only.
/*
`lift` compares the kind's share of what these people buy (in the rows shown) with its share of all
sales. No row is about fewer than `minPeople` buyers: keep it at five or more.

mode:    read
returns: allergen STRING, kind STRING, purchases INTEGER, people INTEGER, lift FLOAT
:param minPeople => 5
:param rows => 100
*/
MATCH (:User)-[purchase:PURCHASED]->(drink:Drink)
WITH coalesce(drink.kind, 'no kind') AS kind, sum(coalesce(purchase.times, 1)) AS purchases
WITH collect({kind: kind, purchases: purchases}) AS sold
MATCH (user:User)-[:ALLERGIC_TO]->(allergen:Allergen)
MATCH (user)-[purchase:PURCHASED]->(drink:Drink)
WITH sold, allergen.id AS allergen, coalesce(drink.kind, 'no kind') AS kind,
     sum(coalesce(purchase.times, 1)) AS purchases, count(DISTINCT user) AS people
WHERE people >= $minPeople
WITH sold, allergen, collect({kind: kind, purchases: purchases, people: people}) AS cells
UNWIND cells AS cell
WITH allergen, cell,
     reduce(total = 0, one IN cells | total + one.purchases) AS bought,
     reduce(total = 0, one IN sold | total + one.purchases) AS sales,
     reduce(total = 0, one IN sold
            | total + CASE WHEN one.kind = cell.kind THEN one.purchases ELSE 0 END) AS ofKind
RETURN allergen, cell.kind AS kind, cell.purchases AS purchases, cell.people AS people,
       toFloat(cell.purchases) * sales / (ofKind * bought) AS lift
ORDER BY allergen, purchases DESC, kind
LIMIT $rows
