// Remember recommendations: which drinks a person was offered, and when last.
/*
One relationship for each pair. A person new to the graph is created; nothing they declared or did
has changed, so their version stays. Nothing is written about people for whom no consent and no other ground holds, nor about
offers made before a person was erased. There is a row for each person about whom something was.

mode:    write
returns: userId STRING, drinkIds LIST<STRING>, at INTEGER
:param rows => [{userId: 'user-1', erasureId: 'a hash', drinkId: 'negroni', at: 1793526000000}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.drinkId})
OPTIONAL MATCH (erasure:Erasure {id: row.erasureId})
OPTIONAL MATCH (known:User {id: row.userId})
OPTIONAL MATCH (rules:ConsentRules {id: 'rules'})
WITH row, drink, erasure, known, rules
WHERE coalesce(erasure.at < row.at, true)
  AND coalesce(known.remembering, known.ground IS NOT NULL OR 'remembering' IN rules.assumed, false)
MERGE (user:User {id: row.userId})
MERGE (user)-[offer:RECOMMENDED]->(drink)
SET offer.at = CASE WHEN offer.at > row.at THEN offer.at ELSE row.at END
RETURN user.id AS userId, collect(drink.id) AS drinkIds, max(row.at) AS at
ORDER BY userId
