// Remember recommendations: which drinks a person was offered, and when last.
/*
One relationship for each pair. A person whom the graph has never seen is made; nothing that they
declared or did has changed, so their version stays.

mode:    write
returns:
:param rows => [{userId: 'user-1', drinkId: 'negroni', at: 1793526000000}]
*/
UNWIND $rows AS row
MATCH (drink:Drink {id: row.drinkId})
MERGE (user:User {id: row.userId})
MERGE (user)-[offer:RECOMMENDED]->(drink)
SET offer.at = CASE WHEN offer.at > row.at THEN offer.at ELSE row.at END
