// Late events: merged drinks with which something still lies that was done with them.
/*
mode:    read
returns: id STRING
*/
MATCH (gone:Drink)-[:MERGED_INTO]->(:Drink)
WHERE EXISTS { MATCH (gone)<-[:PURCHASED|RATED|VIEWED|SAVED]-(:User) }
RETURN gone.id AS id
ORDER BY id
