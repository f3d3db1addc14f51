// Cannibals: drinks of one style where people bought the second and never the first again.
/*
`people` bought both; `switched` bought `drink` for the last time before they bought `instead` for
the first. A high share says that `instead` takes the place of `drink` rather than being one more.
Pairs that fewer than `minPeople` bought are left out.

mode:    read
returns: drink STRING, name STRING, instead STRING, insteadName STRING, people INTEGER,
         switched INTEGER, share FLOAT
:param minPeople => 5
:param rows => 25
*/
MATCH (user:User)-[one:PURCHASED]->(drink:Drink)-[:OF_STYLE]->(:Style)
      <-[:OF_STYLE]-(instead:Drink)<-[other:PURCHASED]-(user)
WHERE drink.id <> instead.id
WITH user, drink, instead, max(one.at) AS ended, min(other.at) AS began
WITH drink, instead, count(user) AS people,
     sum(CASE WHEN ended < began THEN 1 ELSE 0 END) AS switched
WHERE people >= $minPeople
RETURN drink.id AS drink, drink.name AS name, instead.id AS instead, instead.name AS insteadName,
       people, switched, toFloat(switched) / people AS share
ORDER BY share DESC, switched DESC, drink, instead
LIMIT $rows
