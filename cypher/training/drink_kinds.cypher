// Drink kinds: the kind of each drink, for whoever asks whether people choose otherwise.
/*
mode:    read
returns: drinkId STRING, kind STRING
*/
MATCH (drink:Drink)
RETURN drink.id AS drinkId, coalesce(drink.kind, 'unknown') AS kind
ORDER BY drinkId
