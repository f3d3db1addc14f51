// Known allergens: as an import finds them.
/*
What an import compares its allergens with, and the names it finds them by.

mode:    read
returns: id STRING, name STRING, fingerprint STRING
*/
MATCH (allergen:Allergen)
RETURN allergen.id AS id, allergen.name AS name, allergen.fingerprint AS fingerprint
ORDER BY id
