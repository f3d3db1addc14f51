// Kinds by context: what kinds of drinks people buy, by the time of day and the season.
/*
mode:    read
returns: kind STRING, daypart STRING, season STRING, events INTEGER
*/
MATCH (user:User)-[event:PURCHASED]->(drink:Drink)
WHERE event.context_daypart IS NOT NULL OR event.context_season IS NOT NULL
RETURN drink.kind AS kind, event.context_daypart AS daypart, event.context_season AS season,
       count(event) AS events
ORDER BY kind, daypart, season
