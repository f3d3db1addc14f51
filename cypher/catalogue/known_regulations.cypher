// Known regulations: as an import finds them.
/*
What an import compares its regulations with.

mode:    read
returns: id STRING, name STRING, fingerprint STRING
*/
MATCH (regulation:Regulation)
RETURN regulation.id AS id, regulation.name AS name, regulation.fingerprint AS fingerprint
ORDER BY id
