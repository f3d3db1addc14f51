// New drinks' uptake: how well the drinks added to the menu since a day are doing.
/*
`recommendedTo` people were offered it lately (for as long as that is remembered), `people` bought
it.

mode:    read
returns: drink STRING, name STRING, availableFrom STRING, recommendedTo INTEGER, people INTEGER,
         purchases INTEGER
:param since => '2026-01-01'
:param rows => 50
*/
MATCH (drink:Drink)
WHERE drink.availableFrom >= $since
OPTIONAL MATCH (offered:User)-[:RECOMMENDED]->(drink)
WITH drink, count(offered) AS recommendedTo
OPTIONAL MATCH (user:User)-[purchase:PURCHASED]->(drink)
WITH drink, recommendedTo, count(DISTINCT user) AS people, sum(CASE WHEN purchase IS NULL THEN 0 ELSE coalesce(purchase.times, 1) END) AS purchases
RETURN drink.id AS drink, drink.name AS name, drink.availableFrom AS availableFrom,
       recommendedTo, people, purchases
ORDER BY availableFrom DESC, purchases DESC, drink
LIMIT $rows
