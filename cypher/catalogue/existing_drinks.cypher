// Existing drinks: which of these ids are drinks in the catalogue.
/*
mode:    read
returns: id STRING
:param ids => ['negroni']
*/
MATCH (drink:Drink)
WHERE drink.id IN $ids
RETURN drink.id AS id
ORDER BY id
