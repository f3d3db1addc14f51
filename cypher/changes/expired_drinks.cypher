// Expired drinks: those with a statement of absence from before a day, or undated.
/*
mode:    read
returns: id STRING, statements INTEGER
:param before => '2026-06-01'
*/
MATCH (drink:Drink)-[said:FREE_FROM]->(:Allergen)
WHERE coalesce(said.observedAt, '') < $before
RETURN drink.id AS id, count(said) AS statements
ORDER BY id
