// Known diets: as an import finds them, and whose statement each is.
/*
mode:    read
returns: id STRING, name STRING, fingerprint STRING, by STRING
*/
MATCH (diet:Diet)
RETURN diet.id AS id, diet.name AS name, diet.fingerprint AS fingerprint, diet.by AS by
ORDER BY id
