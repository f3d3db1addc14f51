// Recommendation coverage: how many drinks of each kind are offered, and their share of sales.
/*
A kind that sells and is hardly recommended, or the other way round, is worth a look. `covered` is
the share of the kind's purchases that are of drinks recommended to somebody.

mode:    read
returns: kind STRING, drinks INTEGER, recommended INTEGER, sold INTEGER, purchases INTEGER,
         covered FLOAT
*/
MATCH (drink:Drink)
OPTIONAL MATCH (:User)-[purchase:PURCHASED]->(drink)
WITH drink, sum(CASE WHEN purchase IS NULL THEN 0 ELSE coalesce(purchase.times, 1) END) AS bought
WITH bought, coalesce(drink.kind, 'no kind') AS kind,
     CASE WHEN EXISTS { (:User)-[:RECOMMENDED]->(drink) } THEN 1 ELSE 0 END AS offered
WITH kind, count(*) AS drinks, sum(offered) AS recommended,
     sum(CASE WHEN bought > 0 THEN 1 ELSE 0 END) AS sold, sum(bought) AS purchases,
     sum(bought * offered) AS reached
RETURN kind, drinks, recommended, sold, purchases,
       toFloat(reached) / CASE WHEN purchases = 0 THEN 1 ELSE purchases END AS covered
ORDER BY purchases DESC, kind
