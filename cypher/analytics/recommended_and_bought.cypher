// Recommended and bought: how many of the people who were offered a drink ever bought it.
/*
`bought` did so at any time, `later` after the last offer. Offers are remembered only for some days
(TASTEGRAPH_REMEMBER_RECOMMENDATIONS_DAYS). Drinks offered to fewer than `minPeople` are left out.

mode:    read
returns: drink STRING, name STRING, recommendedTo INTEGER, bought INTEGER, later INTEGER,
         share FLOAT
:param minPeople => 5
:param rows => 50
*/
MATCH (user:User)-[offer:RECOMMENDED]->(drink:Drink)
OPTIONAL MATCH (user)-[purchase:PURCHASED]->(drink)
WITH drink, user, max(offer.at) AS offered, count(purchase) AS purchases, max(purchase.at) AS latest
WITH drink, count(user) AS recommendedTo,
     sum(CASE WHEN purchases > 0 THEN 1 ELSE 0 END) AS bought,
     sum(CASE WHEN latest >= offered THEN 1 ELSE 0 END) AS later
WHERE recommendedTo >= $minPeople
RETURN drink.id AS drink, drink.name AS name, recommendedTo, bought, later,
       toFloat(bought) / recommendedTo AS share
ORDER BY recommendedTo DESC, bought DESC, drink
LIMIT $rows
