// Sales by style: how often drinks of each style were bought, and by how many people.
/*
A style includes what was bought of the styles below it. Styles with fewer than `minPeople` buyers
are left out.

mode:    read
returns: style STRING, name STRING, drinks INTEGER, purchases INTEGER, people INTEGER
:param minPeople => 5
:param rows => 50
*/
MATCH (user:User)-[purchase:PURCHASED]->(drink:Drink)
      -[:OF_STYLE]->(:Style)-[:PART_OF*0..]->(style:Style)
WITH DISTINCT style, drink, user, purchase
WITH style, count(DISTINCT drink) AS drinks, sum(coalesce(purchase.times, 1)) AS purchases,
     count(DISTINCT user) AS people
WHERE people >= $minPeople
RETURN style.id AS style, style.name AS name, drinks, purchases, people
ORDER BY purchases DESC, style
LIMIT $rows
